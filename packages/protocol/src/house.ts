/**
 * What a service consists of: its routes, what answers them, who guards them, and how many requests
 * are under way.
 *
 * Spec: 10 §1.
 * @module
 */
import type { Refusal } from '@specie/core/base/result';
import type { AskGate } from './ask-gate.ts';
import type { Handlers } from './call.ts';
import type { Head, Mounted, RouteTable } from './mount.ts';
import type { Clock } from './ports.ts';
import { noReply, type Reply } from './reply.ts';
import type { SessionDesk } from './session/session-desk.ts';

/** The plain pages every service has. */
export interface PlainPages {
  /** What everybody may know, as JSON. */
  status(): unknown;
  /** Metrics as text, for loopback only. */
  metrics?(): Promise<string>;
  /** Whether the service takes requests. */
  isReady(): boolean;
  /** The description of the service, as JSON text. */
  openapi?(): string;
}

export interface ServiceOptions<T extends RouteTable> {
  readonly name: string;
  readonly routes: T;
  readonly handlers: Handlers<T>;
  readonly gates: { readonly session?: SessionDesk; readonly ask?: AskGate };
  readonly plain: PlainPages;
  readonly clock: Clock;
  /** Requests of people and wallets answered at the same time; beyond it, they are asked to come again. */
  readonly inFlightMax?: number;
  readonly onRefusal?: (refusal: Refusal, path: string) => void;
  readonly onFault?: (fault: unknown, path: string) => void;
  /** Hears of a bug of ours. Has to stop the process; without it, the bug is thrown outside every request. */
  readonly onBug?: (bug: unknown) => void;
}

/** A service at work. */
export interface House {
  readonly options: ServiceOptions<RouteTable>;
  readonly mounted: ReadonlyMap<string, Mounted>;
  inFlight: number;
  isDraining: boolean;
  onEmpty: (() => void) | undefined;
}

/** Says no, and tells whoever counts refusals. */
export function refused(house: House, head: Head, refusal: Refusal): Reply {
  house.options.onRefusal?.(refusal, head.path);
  return noReply(refusal);
}
