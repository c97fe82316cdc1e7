/**
 * Parties for tests: an authority and two operators with keys of fixed seeds, clocks that move when
 * told, and chance that repeats itself.
 * @module
 */
import { type Chance, chanceOf } from '@specie/core/base/chance.fixture';
import { type Instant, instantOf } from '@specie/core/base/instant';
import type { Result } from '@specie/core/base/result';
import { digestNative, kemNative, mlDsaNative } from '../node/native-crypto.ts';
import type { Timer } from '../ports.ts';
import type { SealEvidence } from './evidence.ts';
import type { PartyKeys } from './party-keys.ts';
import { openSession, type Session, type SessionCallerOptions } from './session-caller.ts';
import { createSessionDesk, type SessionDesk, type SessionDeskOptions } from './session-desk.ts';

export const AUTHORITY = new Uint8Array(32).fill(0xa1);
export const START = instantOf(1_800_000_000_000);

/** Seed of the session key of a party. */
export function seedOf(party: number): Uint8Array {
  return new Uint8Array(32).fill(party + 1);
}

/** The value of a result, or the test fails with its refusal. */
export function accepted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

/** Code and place of a refusal as one text, or `accepted`. */
export function refusalIn(result: Result<unknown>): string {
  return result.ok
    ? 'accepted'
    : `${result.refusal.code}${result.refusal.at && ' '}${result.refusal.at}`;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** Time, chance and key set of one test. */
export interface World {
  readonly chance: Chance;
  readonly clock: () => Instant;
  readonly monotonic: () => number;
  readonly timer: Timer;
  readonly random: (length: number) => Uint8Array;
  /** Parties in the key set; a test may remove one. */
  readonly members: Set<number>;
  /** Lets time pass and runs what falls due. */
  pass(milliseconds: number): Promise<void>;
  /** Moves the time of day alone, as somebody setting a clock does. */
  setClock(offsetMs: number): void;
  keysOf(party: number): PartyKeys;
  desk(self: number, more?: Partial<SessionDeskOptions>): SessionDesk;
  open(
    self: number,
    peer: number,
    transport: SessionCallerOptions['transport'],
    more?: Partial<SessionCallerOptions>,
  ): Promise<Result<Session>>;
}

/** A fresh world. */
export function worldOf(seed: number): World {
  const chance = chanceOf(seed);
  let passed = 0;
  let offset = 0;
  let due: Due[] = [];
  const members = new Set([0, 1, 2]);
  const common = { suite: mlDsaNative, kem: kemNative, digest: digestNative };
  const world: World = {
    chance,
    members,
    clock: () => instantOf(START + passed + offset),
    monotonic: () => passed,
    timer(run, afterMs) {
      const entry = { at: passed + afterMs, run };
      due.push(entry);
      return () => {
        due = due.filter((each) => each !== entry);
      };
    },
    random: (length) => chance.bytes(length),
    async pass(milliseconds) {
      const until = passed + milliseconds;
      for (;;) {
        const [next] = due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        due = due.filter((each) => each !== next);
        passed = Math.max(passed, next.at);
        next.run();
        await settled();
      }
      passed = until;
    },
    setClock(offsetMs) {
      offset = offsetMs;
    },
    keysOf: (party) => ({
      authority: AUTHORITY,
      seed: seedOf(party),
      sessionKeyOf: (other) =>
        members.has(other) ? mlDsaNative.publicKeyOf(seedOf(other)) : undefined,
    }),
    desk: (self, more) =>
      createSessionDesk({ ...common, ...world, self, keys: world.keysOf(self), ...more }),
    open: (self, peer, transport, more) =>
      openSession({
        ...common,
        ...world,
        self,
        peer: { number: peer, url: 'http://peer.example' },
        keys: world.keysOf(self),
        transport,
        ...more,
      }),
  };
  return world;
}

/** Lets everything that waits for nothing but its turn run to its end. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

export type { SealEvidence };
