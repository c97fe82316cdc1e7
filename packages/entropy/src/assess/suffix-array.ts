/**
 * Suffix array and longest common prefixes, in linear time whatever the text is: a stuck or periodic
 * source must not make the tuple estimates slow.
 *
 * Induced sorting after Nong, Zhang and Chan, "Two Efficient Algorithms for Linear Time Suffix Array
 * Construction" (2011); prefixes after Kärkkäinen, Manzini and Puglisi, "Permuted
 * Longest-Common-Prefix Array" (2009).
 * @module
 */

type Text = Uint8Array | Int32Array;

/** A text with what induced sorting needs of it. `rises[i]` is 1 where suffix i is less than i + 1. */
type Sorting = {
  readonly text: Text;
  readonly rises: Uint8Array;
  readonly heads: Int32Array;
  readonly tails: Int32Array;
};

/** Starts of all suffixes in order. Letters lie in [0, letters). */
export function suffixArray(text: Text, letters: number): Int32Array {
  const { length } = text;
  if (length < 2) return new Int32Array(length);
  const sorting = prepare(text, letters);
  const marks = leftmostRises(sorting.rises);
  const order = new Int32Array(length);
  induce(sorting, marks, order);
  if (marks.length > 1) {
    const sorted = marks.length === 0 ? marks : order.filter((at) => isLeftmost(sorting.rises, at));
    const { names, count } = nameMarks(sorting, sorted);
    const reduced = marks.map((at) => names[at]!);
    const ranks = count === marks.length ? inverse(reduced) : suffixArray(reduced, count);
    induce(
      sorting,
      ranks.map((rank) => marks[rank]!),
      order,
    );
  }
  return order;
}

/** `prefixes[i]` is how many letters suffixes `order[i − 1]` and `order[i]` share; `prefixes[0]` is 0. */
export function commonPrefixes(text: Uint8Array, order: Int32Array): Int32Array {
  const { length } = text;
  const before = new Int32Array(length);
  before[order[0]!] = -1;
  for (let i = 1; i < length; i++) before[order[i]!] = order[i - 1]!;
  let shared = 0;
  for (let at = 0; at < length; at++) {
    const other = before[at]!;
    if (other < 0) shared = 0;
    else {
      const end = length - Math.max(at, other);
      while (shared < end && text[at + shared] === text[other + shared]) shared++;
    }
    before[at] = shared;
    if (shared > 0) shared--;
  }
  const prefixes = new Int32Array(length);
  for (let i = 1; i < length; i++) prefixes[i] = before[order[i]!]!;
  return prefixes;
}

function prepare(text: Text, letters: number): Sorting {
  const { length } = text;
  const rises = new Uint8Array(length);
  for (let i = length - 2; i >= 0; i--) {
    const here = text[i]!;
    const next = text[i + 1]!;
    rises[i] = here === next ? rises[i + 1]! : here < next ? 1 : 0;
  }
  const heads = new Int32Array(letters);
  const tails = new Int32Array(letters);
  for (let i = 0; i < length; i++) tails[text[i]!]!++;
  let sum = 0;
  for (let letter = 0; letter < letters; letter++) {
    heads[letter] = sum;
    sum += tails[letter]!;
    tails[letter] = sum;
  }
  return { text, rises, heads, tails };
}

/** Places where rising begins, in order of the text. */
function leftmostRises(rises: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 1; i < rises.length; i++) if (isLeftmost(rises, i)) count++;
  const marks = new Int32Array(count);
  let at = 0;
  for (let i = 1; i < rises.length; i++) if (isLeftmost(rises, i)) marks[at++] = i;
  return marks;
}

function isLeftmost(rises: Uint8Array, at: number): boolean {
  return at > 0 && rises[at] === 1 && rises[at - 1] === 0;
}

/** Sorts all suffixes from the marked ones: falling ones forward from them, rising ones back from those. */
function induce(sorting: Sorting, marks: Int32Array, order: Int32Array): void {
  const { text, rises } = sorting;
  const { length } = text;
  order.fill(-1);
  const tails = sorting.tails.slice();
  for (let i = marks.length - 1; i >= 0; i--) {
    const at = marks[i]!;
    order[--tails[text[at]!]!] = at;
  }
  const heads = sorting.heads.slice();
  // The last suffix falls into the empty one, which comes before everything.
  order[heads[text[length - 1]!]!++] = length - 1;
  for (let i = 0; i < length; i++) {
    const at = order[i]! - 1;
    if (at >= 0 && rises[at] === 0) order[heads[text[at]!]!++] = at;
  }
  tails.set(sorting.tails);
  for (let i = length - 1; i >= 0; i--) {
    const at = order[i]! - 1;
    if (at >= 0 && rises[at] === 1) order[--tails[text[at]!]!] = at;
  }
}

/** Names the marked substrings in their order: equal ones alike. */
function nameMarks(
  sorting: Sorting,
  sorted: Int32Array,
): { readonly names: Int32Array; readonly count: number } {
  const names = new Int32Array(sorting.text.length);
  let name = 0;
  for (let i = 1; i < sorted.length; i++) {
    if (!sameMark(sorting, sorted[i - 1]!, sorted[i]!)) name++;
    names[sorted[i]!] = name;
  }
  return { names, count: sorted.length === 0 ? 0 : name + 1 };
}

/** Whether the substrings from two marks to the next mark each are the same, letters and slopes. */
function sameMark({ text, rises }: Sorting, a: number, b: number): boolean {
  const { length } = text;
  for (let k = 0; ; k++) {
    if (a + k >= length || b + k >= length) return false;
    if (text[a + k] !== text[b + k] || rises[a + k] !== rises[b + k]) return false;
    if (k > 0 && (isLeftmost(rises, a + k) || isLeftmost(rises, b + k))) {
      return isLeftmost(rises, a + k) && isLeftmost(rises, b + k);
    }
  }
}

function inverse(permutation: Int32Array): Int32Array {
  const inverted = new Int32Array(permutation.length);
  for (let i = 0; i < permutation.length; i++) inverted[permutation[i]!] = i;
  return inverted;
}
