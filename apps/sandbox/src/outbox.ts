/**
 * The outbox: codes that a real operator would send to phones and mailboxes, kept here to be read on
 * the status page. It holds the newest few and forgets the rest.
 *
 * Spec: 11 §2.
 * @module
 */

/** A letter as an operator hands it over. */
export interface Letter {
  readonly operator: string;
  readonly channel: 'phone' | 'mail';
  readonly to: string;
  readonly text: string;
  readonly code: string;
  readonly time: number;
}

const LETTERS_MAX = 200;

/** The newest letters, newest first. */
export class Outbox {
  private letters: readonly Letter[] = [];

  put(letter: Letter): void {
    this.letters = [letter, ...this.letters].slice(0, LETTERS_MAX);
  }

  newest(count = LETTERS_MAX): readonly Letter[] {
    return this.letters.slice(0, count);
  }
}

/** A letter of hostile JSON, or undefined. */
export function letterOf(json: unknown, time: number): Letter | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { operator, channel, to, text, code } = json as Readonly<Record<string, unknown>>;
  const isText = (value: unknown): value is string =>
    typeof value === 'string' && value.length <= 1000;
  if (!isText(operator) || !isText(to) || !isText(text) || !isText(code)) return undefined;
  if (channel !== 'phone' && channel !== 'mail') return undefined;
  return { operator, channel, to, text, code, time };
}
