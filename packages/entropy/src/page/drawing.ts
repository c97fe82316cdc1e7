/**
 * The figures as SVG, in the ink of whatever page they stand on, with no script and no style of their
 * own. Each has a name, so that it can be read out.
 * @module
 */
import type { BitPicture } from './figure.ts';

const WIDTH = 256;
const HEIGHT = 96;

/** Bars of a histogram, the highest as high as the drawing; the line is where even counts would be. */
export function histogramSvg(counts: Uint32Array, name: string): string {
  const most = counts.reduce((high, count) => Math.max(high, count), 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const step = WIDTH / counts.length;
  let bars = '';
  for (let value = 0; value < counts.length; value++) {
    const height = (counts[value]! / most) * HEIGHT;
    if (height > 0) {
      bars += `M${round(value * step)} ${HEIGHT}v${round(-height)}h${round(step)}V${HEIGHT}z`;
    }
  }
  const even = round(HEIGHT - (total / counts.length / most) * HEIGHT);
  return svg(name, HEIGHT, `<path d="${bars}"/>${line(even)}`);
}

/** A stroke per lag from the middle line; the dashed lines are the band of chance. */
export function autocorrelationSvg(correlations: Float64Array, band: number, name: string): string {
  const reach = correlations.reduce((high, value) => Math.max(high, Math.abs(value)), band * 2);
  const middle = HEIGHT / 2;
  const at = (value: number): number => round(middle - (value / reach) * middle);
  const step = WIDTH / Math.max(1, correlations.length);
  let bars = '';
  for (let lag = 0; lag < correlations.length; lag++) {
    const x = round(lag * step);
    bars += `M${x} ${middle}V${at(correlations[lag]!)}h${round(step * 0.7)}V${middle}z`;
  }
  return svg(name, HEIGHT, `<path d="${bars}"/>${line(at(band))}${line(at(-band))}`);
}

/** A square per one bit. */
export function bitPictureSvg({ width, height, bits }: BitPicture, name: string): string {
  let squares = '';
  for (let row = 0; row < height; row++) {
    for (let from = 0; from < width; from++) {
      if (bits[row * width + from] !== 1) continue;
      let to = from + 1;
      while (to < width && bits[row * width + to] === 1) to++;
      squares += `M${from} ${row}h${to - from}v1H${from}z`;
      from = to;
    }
  }
  const body = `<path shape-rendering="crispEdges" d="${squares}"/>`;
  return `<svg role="img" viewBox="0 0 ${width} ${Math.max(1, height)}" fill="currentColor"><title>${escapeHtml(name)}</title>${body}</svg>`;
}

/** Text for a place in HTML where nothing of it is markup. */
export function escapeHtml(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (mark) => marks[mark] ?? '');
}

function svg(name: string, height: number, body: string): string {
  return `<svg role="img" viewBox="0 0 ${WIDTH} ${height}" fill="currentColor"><title>${escapeHtml(name)}</title>${body}</svg>`;
}

function line(y: number): string {
  return `<path d="M0 ${y}H${WIDTH}" stroke="currentColor" stroke-dasharray="2 4" fill="none" opacity="0.5"/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
