/**
 * Draws the pictures of the documentation from the same code that draws them in the product, so that
 * they cannot show what the product does not. Run it again when the look changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { faceSvg, inkOf } from '@specie/ui/face';

const PAPER = '#f6f3ea';
const INK = '#16262c';
const QUIET = '#51616a';
const ACCENT = '#1f6f78';
const FONT =
  "system-ui,-apple-system,'Segoe UI',Roboto,'PingFang SC','Noto Sans CJK SC',sans-serif";

const identity = new Uint8Array(createHash('sha256').update('the coin in the picture').digest());
const inks = [inkOf(156)];

/** A face set into a larger drawing. */
function faceAt(x: number, y: number, size: number, part?: { from: number; to: number }): string {
  const svg = faceSvg({ identity, inks, ...(part && { part: { ...part, units: 10_000 } }) });
  return svg.replace('<svg ', `<svg x="${x}" y="${y}" width="${size}" height="${size}" `);
}

function label(
  x: number,
  y: number,
  size: number,
  fill: string,
  words: string,
  weight = 400,
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="middle">${words}</text>`;
}

function phone(
  x: number,
  holder: string,
  state: string,
  amount: string,
  part: { from: number; to: number },
): string {
  return `<g>
    <rect x="${x}" y="40" width="240" height="440" rx="34" fill="#fcfaf4" stroke="${INK}" stroke-width="3"/>
    <rect x="${x + 88}" y="54" width="64" height="8" rx="4" fill="${INK}" opacity=".18"/>
    ${label(x + 120, 104, 17, QUIET, holder)}
    ${label(x + 120, 148, 32, INK, amount, 600)}
    ${faceAt(x + 22, 172, 196, part)}
    ${label(x + 120, 412, 16, ACCENT, state, 600)}
    ${label(x + 120, 438, 14, QUIET, 'one coin, one identity')}
  </g>`;
}

const hero = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 520" font-family="${FONT}" role="img" aria-label="A coin is cut: 12.50 yuan of Ming's 100.00 pass to Lena, and both hold a part of the same face">
  <rect width="960" height="520" rx="24" fill="${PAPER}"/>
  ${phone(60, 'Ming', 'Paid. Final.', '87.50 CNY', { from: 1250, to: 10_000 })}
  ${phone(660, 'Lena', 'Received. Final.', '12.50 CNY', { from: 0, to: 1250 })}
  ${faceAt(405, 170, 150, { from: 0, to: 1250 })}
  <path d="M340 350H612" stroke="${ACCENT}" stroke-width="3" fill="none" stroke-linecap="round"/>
  <path d="M600 340L614 350L600 360" stroke="${ACCENT}" stroke-width="3" fill="none" stroke-linecap="round" stroke-linejoin="round"/>
  ${label(480, 386, 19, INK, '12.50 CNY', 600)}
  ${label(480, 412, 14, QUIET, 'cut from a coin of 100.00')}
</svg>
`;

mkdirSync(new URL('../docs/pictures/', import.meta.url), { recursive: true });
writeFileSync(new URL('../docs/pictures/payment.svg', import.meta.url), hero);
