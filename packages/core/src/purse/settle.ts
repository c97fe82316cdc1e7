/**
 * Settling of what purses signed, as it comes back: in any order, repeatedly, in part, late. Every
 * endorsement that is presented is a node under what it continues; a unit moves along the first node
 * accepted for it, and whoever signed two nodes for one unit, or two messages under one index, is
 * accused. Invariants: the units of a load are always in one place each; the set of the accused
 * depends on what was presented and never on its order.
 *
 * What is presented here has been verified (`verify.ts`); the state is changed in place, as the
 * ledger's is.
 *
 * Spec: 12 §11.
 * @module
 */
import { assert } from '../base/assert.ts';
import type { Range } from '../coin/coin.ts';
import { linksOf, type Bundle, type Link } from './bundle.ts';
import { covers, type EndorsedPart } from './endorsement.ts';
import { fraudProofOf, type FraudProof } from './fraud.ts';
import { grantHash, hashKey, purseOf, type SignedGrant } from './grant.ts';
import type { JournalHead } from './journal.ts';
import { common, unitCount, without } from './ranges.ts';

/** A part of an endorsement that was presented, or a load, which is where every way begins. */
interface Node {
  /** `grant` of a load, else the endorsement's hash. */
  readonly key: string;
  readonly range: Range;
  /** Where its units are when nothing moved them on: a purse's name, or `home`. */
  readonly at: string;
  /** Units that moved along this node. */
  accepted: readonly Range[];
  /** Units given back while they lay here, because no journal came. */
  givenBack: readonly Range[];
  /** Units that had been given back before this node claimed them. */
  readonly late: readonly Range[];
  readonly children: Node[];
}

export interface Settlement {
  /** Nodes by what they are called and their coin. An endorsement may have several of one coin. */
  readonly nodes: Map<string, Node[]>;
  /** Everything signed under a grant, by hash. */
  readonly signed: Map<string, Map<string, Link>>;
  /** Messages presented under one index of a grant, in the order they came. */
  readonly underIndex: Map<string, string[]>;
  readonly journals: Map<string, JournalHead>;
  /** By grant: one proof each, for one is enough and a second would be made of forgeries. */
  readonly accused: Map<string, FraudProof>;
}

/** Nothing loaded and nothing presented. */
export function newSettlement(): Settlement {
  return {
    nodes: new Map(),
    signed: new Map(),
    underIndex: new Map(),
    journals: new Map(),
    accused: new Map(),
  };
}

/** Units of one part of what was presented, by what became of them. */
export interface PartOutcome {
  readonly coin: Uint8Array;
  /** The presenter's: moved along this endorsement and not moved on. */
  readonly kept: readonly Range[];
  /** Of those, what had been given back without a journal: paid by whoever got it. */
  readonly fromReturned: readonly Range[];
  /** Passed on by an endorsement that was presented before. */
  readonly passedOn: readonly Range[];
  /** Spent twice further up, and the other was first: for cover to make whole. */
  readonly short: readonly Range[];
}

export interface Outcome {
  readonly parts: readonly PartOutcome[];
  /** Grants accused by this presentation that were not before. */
  readonly accused: readonly string[];
  /** Nothing in it was new. */
  readonly isKnown: boolean;
}

const HOME = 'home';

const nodeKey = (before: Uint8Array, coin: Uint8Array): string =>
  `${hashKey(before)} ${hashKey(coin)}`;

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): V[] {
  const list = lists.get(key) ?? [];
  list.push(value);
  lists.set(key, list);
  return list;
}

/** Registers what a grant was loaded with: the units whose whereabouts are settled here. */
export function registerLoad(
  state: Settlement,
  { grant }: SignedGrant,
  loads: readonly { readonly coin: Uint8Array; readonly from: number; readonly to: number }[],
): void {
  const hash = grantHash(grant);
  for (const { coin, from, to } of loads) {
    const range = { from, to };
    const at = hashKey(purseOf(grant.key));
    push(state.nodes, nodeKey(hash, coin), {
      key: hashKey(hash),
      range,
      at,
      accepted: [range],
      givenBack: [],
      late: [],
      children: [],
    });
  }
}

/**
 * Presents a payment or an unloading: whoever brings it, whenever, however often. Every endorsement
 * on the way is booked, so the first to come back brings the others' with it.
 */
export function present(state: Settlement, bundle: Bundle): Outcome {
  const accused: string[] = [];
  let isKnown = true;
  for (const link of linksOf(bundle)) {
    if (!recordSigned(state, link, grantOf(bundle, link), accused)) continue;
    isKnown = false;
  }
  const parts = bundle.sources.map((source, i) => {
    const links = [...source.chain, bundle.last];
    let node: Node | undefined;
    const ways = wayOf(links, bundle.last.endorsement.parts[i]!);
    for (const [j, part] of ways.entries()) node = recordNode(state, links[j]!, part);
    assert(node !== undefined, 'a way has at least the endorsement presented');
    const { coin } = bundle.last.endorsement.parts[i]!;
    return outcomeOf(node, coin);
  });
  return { parts, accused, isKnown };
}

/** The parts of the links of a way through which one part of the last came. */
function wayOf(links: readonly Link[], last: EndorsedPart): readonly EndorsedPart[] {
  const parts = [last];
  for (let i = links.length - 2; i >= 0; i--) {
    const inner = parts[0]!;
    const outer = links[i]!.endorsement.parts.find(
      (each) => hashKey(each.coin) === hashKey(last.coin) && covers(each, inner),
    );
    assert(outer !== undefined, 'what is presented was verified');
    parts.unshift(outer);
  }
  return parts;
}

function grantOf(bundle: Bundle, { endorsement }: Link): SignedGrant {
  const found = bundle.grants.get(hashKey(endorsement.grant));
  assert(found !== undefined, 'a bundle has the grant of each of its endorsements');
  return found;
}

/** Presents a closing, with the journal it signed. */
export function presentClosing(
  state: Settlement,
  grant: SignedGrant,
  closing: Link,
  journal: JournalHead,
): Outcome {
  const accused: string[] = [];
  const key = hashKey(grantHash(grant.grant));
  const first = state.journals.get(key);
  state.journals.set(key, first ?? journal);
  const isNew = recordSigned(state, closing, grant, accused, journal);
  return { parts: [], accused, isKnown: !isNew };
}

/** Books that a purse signed a message, and accuses it if it may not have signed both this and another. */
function recordSigned(
  state: Settlement,
  link: Link,
  grant: SignedGrant,
  accused: string[],
  closes?: JournalHead,
): boolean {
  const key = hashKey(link.endorsement.grant);
  const hash = hashKey(link.hash);
  const signed = state.signed.get(key) ?? new Map<string, Link>();
  if (signed.has(hash)) return false;
  const journal = closes ?? state.journals.get(key);
  if (!state.accused.has(key)) {
    for (const other of signed.values()) {
      const proof = fraudProofOf(grant, link, other, journal);
      if (proof === undefined) continue;
      state.accused.set(key, proof);
      accused.push(key);
      break;
    }
  }
  signed.set(hash, link);
  state.signed.set(key, signed);
  push(state.underIndex, `${key} ${link.endorsement.index}`, hash);
  return true;
}

/** Whether two other messages came under the index first: anyone could have forged this one. */
function isThird({ underIndex }: Settlement, { endorsement, hash }: Link): boolean {
  const came = underIndex.get(`${hashKey(endorsement.grant)} ${endorsement.index}`) ?? [];
  return came.indexOf(hashKey(hash)) >= 2;
}

/** The node of a part, made if it is new: it moves the units that nothing else moved from there. */
function recordNode(state: Settlement, link: Link, part: EndorsedPart): Node {
  const key = hashKey(link.hash);
  const parents = state.nodes.get(nodeKey(part.before, part.coin)) ?? [];
  const parent = parents.find((each) => covers(each.range, part));
  assert(parent !== undefined, 'what a part continues was loaded or recorded before it');
  const known = parent.children.find(
    (each) => each.key === key && each.range.from === part.from && each.range.to === part.to,
  );
  if (known !== undefined) return known;
  const { from, to } = part;
  const moved = parent.children.flatMap(({ accepted }) => accepted);
  const free = without(common([{ from, to }], parent.accepted), moved);
  const accepted = isThird(state, link) ? [] : free;
  const node: Node = {
    key,
    range: { from, to },
    at: link.endorsement.to.is === 'purse' ? hashKey(link.endorsement.to.purse) : HOME,
    accepted,
    givenBack: [],
    late: common(accepted, parent.givenBack),
    children: [],
  };
  parent.givenBack = without(parent.givenBack, accepted);
  parent.children.push(node);
  push(state.nodes, nodeKey(link.hash, part.coin), node);
  return node;
}

function outcomeOf(node: Node, coin: Uint8Array): PartOutcome {
  const onward = node.children.map(({ range }) => range);
  const here = without([node.range], onward);
  const kept = common(node.accepted, here);
  return {
    coin,
    kept,
    fromReturned: common(kept, node.late),
    passedOn: without([node.range], here),
    short: without(here, node.accepted),
  };
}

/**
 * Gives back what lies in a purse whose journal never came, after the deadline: it goes home, and
 * whatever is presented over it later is paid from it, without accusation. Answers the units.
 */
export function giveBack(state: Settlement, { grant }: SignedGrant): number {
  const name = hashKey(purseOf(grant.key));
  let units = 0;
  for (const nodes of state.nodes.values()) {
    for (const node of nodes) {
      if (node.at !== name) continue;
      const moved = node.children.flatMap(({ accepted }) => accepted);
      const left = without(node.accepted, moved);
      units += unitCount(without(left, node.givenBack));
      node.givenBack = left;
    }
  }
  return units;
}

/** Where the units of all loads are: by purse name or `home`. What was given back and not claimed since is home. */
export function whereabouts(state: Settlement): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (at: string, units: number): void => {
    if (units > 0) found.set(at, (found.get(at) ?? 0) + units);
  };
  for (const nodes of state.nodes.values()) {
    for (const node of nodes) {
      const moved = node.children.flatMap(({ accepted }) => accepted);
      const here = without(node.accepted, moved);
      const back = node.at === HOME ? here : common(here, node.givenBack);
      add(HOME, unitCount(back));
      add(node.at, unitCount(without(here, back)));
    }
  }
  return found;
}

/** Grants accused, in an order of their own. */
export function accusedOf({ accused }: Settlement): readonly string[] {
  return [...accused.keys()].sort();
}
