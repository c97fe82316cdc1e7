/**
 * Random histories of a country of purses: payments among wallets, some of them cheats, in a time
 * without network; then everybody comes back. Who cheated is known by counting units and indices one
 * by one, which shares nothing with how settling finds it.
 * @module
 */
import { Bug } from '../base/assert.ts';
import { chanceOf, type Chance } from '../base/chance.fixture.ts';
import { unpacked, type Bundle } from './bundle.ts';
import {
  countryOf,
  deviceOf,
  finish,
  pay as payWhole,
  requestOf,
  standpoint,
  toySigned,
  type Country,
  type Device,
} from './country.fixture.ts';
import { checkAgainstGrant } from './endorsement.ts';
import { grantHash, hashKey, type SignedGrant } from './grant.ts';
import { handOverMessage } from './hand-over.ts';
import { reserveHome, reservePayment, signedWith } from './pay.ts';
import type { Purse } from './purse.ts';
import { bookedUnjudged } from './receive.ts';

/** What a cheat does: pays from a copy, goes back to an old state, forgets that it paid, or has its key used by another. */
export type Cheat = 'copied' | 'rolled-back' | 'forgetful' | 'extracted';
export const CHEATS: readonly Cheat[] = ['copied', 'rolled-back', 'forgetful', 'extracted'];

interface LoadedRange {
  readonly coin: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export interface History {
  readonly country: Country;
  readonly devices: readonly Device[];
  readonly loaded: number;
  /** What each grant was loaded with. */
  readonly loads: ReadonlyMap<string, readonly LoadedRange[]>;
  /** Every payment and taking home that anyone can present. */
  readonly bundles: readonly Bundle[];
  readonly payments: number;
  /** Grants whose purses signed what no honest one signs, by count. */
  readonly guilty: readonly string[];
  /** Grants of wallets that cheat when they can; no other may ever be accused. */
  readonly cheaters: ReadonlySet<string>;
  readonly cheats: ReadonlySet<Cheat>;
}

interface Run {
  readonly country: Country;
  readonly chance: Chance;
  readonly isJudged: boolean;
  readonly devices: Device[];
  readonly bundles: Bundle[];
  readonly cheats: Map<Device, Cheat>;
  readonly spoiled: Set<Cheat>;
}

/**
 * A history from a seed: six wallets, 20 to 30 payments tried. `isJudged`: every hand-over goes over
 * the wire and is judged by its payee; otherwise all payees are accomplices who book unseen, which is
 * faster and lets more cheats through.
 */
export function historyOf(seed: number, isJudged: boolean): History {
  const country = countryOf(seed);
  const { chance } = country;
  const devices = ['A', 'B', 'C', 'D', 'E', 'F'].map((name, i) =>
    deviceOf(country, name, i < 4 ? [60 + chance.below(60), 20 + chance.below(30)] : []),
  );
  const loaded = devices.reduce(
    (sum, { purse }) => sum + purse.holdings.reduce((all, { from, to }) => all + to - from, 0),
    0,
  );
  const loads = new Map(
    devices.map((device) => [
      grantKeyOf(device),
      device.purse.holdings.map(({ source, from, to }) => ({
        coin: source.coin.identity,
        from,
        to,
      })),
    ]),
  );
  const run: Run = {
    country,
    chance,
    isJudged,
    devices: [...devices],
    bundles: [],
    cheats: new Map(),
    spoiled: new Set(),
  };
  for (const device of devices.slice(0, chance.below(3)))
    run.cheats.set(device, chance.pick(CHEATS));
  let payments = 0;
  for (let tries = 0; payments < 20 && tries < 120; tries++) if (step(run)) payments += 1;
  for (const device of devices) if (chance.once(3)) goHome(run, device);
  return {
    country,
    devices,
    loaded,
    loads,
    bundles: run.bundles,
    payments,
    guilty: guiltyIn(run.bundles),
    cheaters: new Set([...run.cheats.keys()].map(grantKeyOf)),
    cheats: run.spoiled,
  };
}

/** One payment of random devices, with the cheat's own turn before it. */
function step(run: Run): boolean {
  const { chance, devices } = run;
  const payer = chance.pick(devices);
  const payee = chance.pick(devices);
  const before = payer.purse;
  const has = before.holdings.reduce((sum, { from, to }) => sum + to - from, 0);
  if (payer === payee || has === 0) return false;
  const amount = 1 + chance.below(Math.min(has, 60));
  if (!pay(run, payer, payee, amount)) return false;
  const cheat = run.cheats.get(payer);
  if (cheat !== undefined && chance.once(3)) spoil(run, payer, before, cheat);
  return true;
}

/** Turns a purse back after it paid, in one of the ways there are. */
function spoil(run: Run, payer: Device, before: Purse, cheat: Cheat): void {
  const { purse } = payer;
  run.spoiled.add(cheat);
  switch (cheat) {
    case 'copied':
      run.devices.push({ ...payer, purse: before });
      return;
    case 'rolled-back':
      payer.purse = before;
      return;
    case 'forgetful':
      // The money is back and the index is not: two endorsements under different indices.
      payer.purse = { ...purse, holdings: before.holdings };
      return;
    case 'extracted':
      // Whoever has the key signs under the last index again, over what is left.
      payer.purse = { ...purse, next: before.next, count: before.count, sum: before.sum };
  }
}

function pay(run: Run, payer: Device, payee: Device, amount: number): boolean {
  const { country, isJudged, bundles } = run;
  if (isJudged) {
    const [payerBefore, payeeBefore] = [payer.purse, payee.purse];
    try {
      const carried = payWhole(country, payer, payee, amount);
      const bundle = unpacked(carried, handOverMessage.encode);
      if (bundle.ok) bundles.push(bundle.value);
      return true;
    } catch (cause) {
      if (cause instanceof Bug) throw cause;
      // Refused by either side. An honest payer whose payment was refused keeps it as signed and unreceived.
      if (payer.purse === payerBefore) payee.purse = payeeBefore;
      return false;
    }
  }
  const request = requestOf(country, payee, amount);
  const made = reservePayment(payer.purse, request, amount, standpoint(country, payer));
  if (!made.ok) return false;
  // An accomplice takes what is spent twice, but not what nobody would ever accept from it.
  const { endorsement } = made.value.purse.journal.at(-1)!;
  if (!checkAgainstGrant(endorsement, payer.purse.own.grant).ok) return false;
  const row = made.value.purse.journal.at(-1)!;
  const { signature } = toySigned(payer.purse.own, row.endorsement);
  payer.purse = signedWith(made.value.purse, row, signature);
  const last = { endorsement: row.endorsement, signature, hash: row.hash };
  const bundle: Bundle = { last, sources: row.sources, grants: payer.purse.grants };
  payee.purse = bookedUnjudged(payee.purse, bundle);
  bundles.push(bundle);
  return true;
}

function goHome(run: Run, device: Device): void {
  const made = reserveHome(device.purse);
  if (!made.ok) return;
  const bundle = unpacked(finish(run.country, device, made.value), handOverMessage.encode);
  if (bundle.ok) run.bundles.push(bundle.value);
}

/** Grants under which one index or one unit was signed for twice, counted one by one. */
function guiltyIn(bundles: readonly Bundle[]): readonly string[] {
  const guilty = new Set<string>();
  const messages = new Map<string, string>();
  const spent = new Map<string, string>();
  const note = (map: Map<string, string>, key: string, hash: string, grant: string): void => {
    const before = map.get(key);
    if (before !== undefined && before !== hash) guilty.add(grant);
    map.set(key, before ?? hash);
  };
  for (const { last } of bundles) {
    const { endorsement } = last;
    const grant = hashKey(endorsement.grant);
    const hash = hashKey(last.hash);
    note(messages, `${grant} ${endorsement.index}`, hash, grant);
    for (const { coin, from, to, before } of endorsement.parts) {
      for (let unit = from; unit < to; unit++)
        note(spent, `${grant} ${hashKey(before)} ${hashKey(coin)} ${unit}`, hash, grant);
    }
  }
  return [...guilty].sort();
}

/** The same things in another order. */
export function shuffled<T>(things: readonly T[], chance: Chance): readonly T[] {
  const left = [...things];
  for (let i = left.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  return left;
}

/** Every grant of a history's devices. */
export function grantsOf({ devices }: History): readonly SignedGrant[] {
  return devices.map(({ purse }) => purse.own);
}

/** Key of a device's grant. */
export function grantKeyOf({ purse }: Device): string {
  return hashKey(grantHash(purse.own.grant));
}

export { chanceOf };
