/**
 * Codes as squares of modules, and as SVG. A code carries a frame's bytes as they are (byte mode, no
 * text encoding announced), so a reader has to hand out bytes. Invariant: everything drawn has the
 * quiet border of four modules, without which readers find nothing.
 *
 * Spec: 13 §3. ISO/IEC 18004.
 * @module
 */
import { accept, refuse, type Result } from '@specie/core/base/result';
import { encodeQR } from 'qr';
import { type CodeLevel, codeVersion } from './code-size.ts';

/** Modules of quiet border on each side; ISO/IEC 18004 §5.3.8. */
export const QUIET = 4;

/** Rows of modules from the top, true where dark, without the border. */
export type CodeModules = readonly (readonly boolean[])[];

const LEVEL_NAMES = { L: 'low', M: 'medium' } as const satisfies Record<CodeLevel, string>;

/** The code of a frame in the smallest version that holds it. Refuses one that no code holds. */
export function codeOf(frame: Uint8Array, level: CodeLevel = 'L'): Result<CodeModules> {
  const version = codeVersion(frame.length, level);
  if (version === undefined) return refuse('message_uncarriable');
  const rows = encodeQR('', 'raw', {
    encoding: 'byte',
    // The library takes a text and asks how it becomes bytes; ours are bytes already.
    textEncoder: () => frame,
    ecc: LEVEL_NAMES[level],
    version,
    // It draws at least one module of border, which is taken off again.
    border: 1,
  });
  return accept(rows.slice(1, -1).map((row) => row.slice(1, -1)));
}

/** An SVG of a code, one unit for each module; scale it as you like, smooth nothing. */
export function svgOf(modules: CodeModules): string {
  const side = modules.length + 2 * QUIET;
  const runs = modules.flatMap((row, y) =>
    runsOf(row).map(([x, width]) => `M${x + QUIET} ${y + QUIET}h${width}v1h-${width}z`),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${runs.join('')}"/></svg>\n`
  );
}

/** Where dark modules stand side by side: the first, and how many. */
function runsOf(row: readonly boolean[]): (readonly [x: number, width: number])[] {
  const runs: (readonly [number, number])[] = [];
  let start = -1;
  for (let x = 0; x <= row.length; x++) {
    const isDark = row[x] === true;
    if (isDark && start < 0) start = x;
    if (!isDark && start >= 0) {
      runs.push([start, x - start]);
      start = -1;
    }
  }
  return runs;
}
