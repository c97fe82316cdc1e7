/**
 * A little authority for tests: a service over the authority's routes that counts what it carried
 * out and answers with what it was asked for.
 * @module
 */
import { accept, refuse } from '@specie/core/base/result';
import { createService, type Service } from '../http-service.ts';
import { AUTHORITY_ROUTES } from '../route.ts';
import type { World } from './parties.fixture.ts';
import type { SessionDesk } from './session-desk.ts';

export interface LittleAuthority {
  readonly service: Service;
  /** Positions asked from, in the order in which they were carried out. */
  readonly carriedOut: number[];
  readonly bugs: unknown[];
}

/** What a test puts into the place of a handler, by the position asked from. */
export type Trouble = (from: number) => void | Promise<void>;

export function littleAuthority(
  world: World,
  desk: SessionDesk,
  trouble: Trouble = () => undefined,
): LittleAuthority {
  const carriedOut: number[] = [];
  const bugs: unknown[] = [];
  const no = (): ReturnType<typeof refuse> => refuse('coin_unknown', '.coin');
  const service = createService({
    name: 'authority',
    routes: AUTHORITY_ROUTES,
    gates: { session: desk },
    clock: world.clock,
    plain: { status: () => ({ fine: true }), isReady: () => true },
    onBug: (bug) => bugs.push(bug),
    handlers: {
      trust: () => refuse('ledger_behind'),
      commands: no,
      answer: no,
      async feed({ value }) {
        carriedOut.push(value.from);
        await trouble(value.from);
        return value.from === 404 ? no() : accept({ notices: [], next: value.from + 1 });
      },
      issue: no,
      retire: no,
      directoryKey: () => accept({ key: new Uint8Array(32) }),
      directoryPublish: () => accept({}),
      directoryFind: no,
    },
  });
  return { service, carriedOut, bugs };
}
