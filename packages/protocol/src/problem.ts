/**
 * Refusals on the wire: problem documents (RFC 9457) that carry the registry's code and number, the
 * place it speaks of and a sentence in each language. Invariant: `refusalOfProblem` undoes
 * `problemOf`, and believes nothing that the registry does not know.
 *
 * Spec: 10 §1.
 * @module
 */
import { bytesOfText, textOfBytes } from '@specie/core/base/bytes';
import { REFUSALS, type RefusalCode, refusalOfNumber } from '@specie/core/base/refusals';
import type { Refusal } from '@specie/core/base/result';
import { PROBLEM_MEDIA_TYPE } from './route.ts';

/** A problem document. `title` and `zh` are the registry's sentences. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: RefusalCode;
  readonly number: number;
  readonly at: string;
  readonly zh: string;
}

/** A path of a field is never longer; what a peer sends beyond it is cut. */
const AT_MAX = 256;
export const PROBLEM_BYTES_MAX = 8 * 1024;

/** The problem document of a refusal. */
export function problemDocumentOf({ code, at }: Refusal): Problem {
  const { number, status, en, zh } = REFUSALS[code];
  return {
    type: `urn:specie:refusal:${code}`,
    title: en,
    status,
    detail: at === '' ? en : `${en} (${at})`,
    code,
    number,
    at,
    zh,
  };
}

/** Bytes of the problem document of a refusal. */
export function problemBytesOf(refusal: Refusal): Uint8Array {
  return bytesOfText(JSON.stringify(problemDocumentOf(refusal)));
}

/** The answer that says no. */
export function problemOf(refusal: Refusal): Response {
  return new Response(Uint8Array.from(problemBytesOf(refusal)), {
    status: REFUSALS[refusal.code].status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store' },
  });
}

/** The refusal of a problem document, given as bytes, text or a parsed value; undefined when it is none of ours. */
export function refusalOfProblem(body: unknown): Refusal | undefined {
  const document = parsed(body);
  if (typeof document !== 'object' || document === null) return undefined;
  const { number, code, at } = document as Readonly<Record<string, unknown>>;
  const known = typeof number === 'number' ? refusalOfNumber(number) : undefined;
  if (known === undefined || known !== code) return undefined;
  return { code: known, at: typeof at === 'string' ? at.slice(0, AT_MAX) : '' };
}

function parsed(body: unknown): unknown {
  const text = body instanceof Uint8Array ? boundedText(body) : body;
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function boundedText(body: Uint8Array): string | undefined {
  return body.length <= PROBLEM_BYTES_MAX ? textOfBytes(body) : undefined;
}
