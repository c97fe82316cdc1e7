/**
 * How lines are set: two weights, one indent, amounts aligned on their right edge. Colour is only
 * weight here and never carries a meaning of its own, so a pipe loses nothing.
 *
 * @module
 */
export interface Ink {
  strong(text: string): string;
  quiet(text: string): string;
}

const PLAIN: Ink = { strong: (text) => text, quiet: (text) => text };
const TERMINAL: Ink = {
  strong: (text) => `\u001b[1m${text}\u001b[22m`,
  quiet: (text) => `\u001b[2m${text}\u001b[22m`,
};

/** Weights on a terminal that wants them; nothing anywhere else. */
export function inkFor(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Ink {
  const isWanted = isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return isWanted ? TERMINAL : PLAIN;
}

/** Columns a text takes on a terminal: letters of East Asia take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        letter,
      )
        ? 2
        : 1;
  return width;
}

/** Text filled up on its right to a number of columns. */
export function padRight(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Text filled up on its left to a number of columns. */
export function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** Rows as aligned columns; the columns named stand on their right edge. */
export function columns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, widthOf(cell))));
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          right.includes(i) ? padLeft(cell, widths[i]!) : padRight(cell, widths[i]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A time as people write it, to the minute, in UTC. */
export function timeText(instant: number): string {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}
