/**
 * Vectors of the rule book: a story of commands that the ledger accepts, with the hash of the state
 * after each; then, against that state, every command of the tests' tables that breaks a rule.
 */
import { hexOf } from '@specie/core/base/bytes';
import { instantOf } from '@specie/core/base/instant';
import { stockTag } from '@specie/core/coin/holder';
import { commandMessage, type Command, type CommandBody } from '@specie/core/ledger/command';
import { step } from '@specie/core/ledger/ledger';
import {
  goodMove,
  goodRetire,
  MOVE_RULES,
  RETIRE_RULES,
} from '@specie/core/ledger/move-rules.fixture';
import {
  ADMIT_RULES,
  goodAdmit,
  goodIssue,
  goodPolicy,
  ISSUE_RULES,
  POLICY_RULES,
  type Rule,
} from '@specie/core/ledger/rules.fixture';
import {
  bytesFor,
  commandOf,
  DATED,
  DATED_UNTIL,
  draftOf,
  fullScene,
  LI,
  lockFor,
  NORTH,
  orderOf,
  SCENE_AUTHORITY,
  SOUTH,
  WANG,
  type Scene,
} from '@specie/core/ledger/scene.fixture';
import { stateHash } from '@specie/core/ledger/snapshot';
import { emptyState } from '@specie/core/ledger/state';
import type { Order } from '@specie/core/payment/order';

/** A command and what the ledger answers. */
export interface LedgerStep {
  readonly name: string;
  readonly time: number;
  readonly command: string;
  readonly json: unknown;
  /** Hash of the state after an accepted command. */
  readonly state?: string;
  readonly refusal?: string;
  readonly at?: string;
}

interface Book {
  readonly good: (scene: Scene) => Command;
  readonly rules: readonly Rule<never>[];
}

const BOOKS: readonly Book[] = [
  { good: goodPolicy, rules: POLICY_RULES },
  { good: goodAdmit, rules: ADMIT_RULES },
  { good: goodIssue, rules: ISSUE_RULES },
  { good: goodMove, rules: MOVE_RULES },
  { good: goodRetire, rules: RETIRE_RULES },
];

function tried(scene: Scene, name: string, command: Command): LedgerStep {
  const given = {
    name,
    time: scene.now,
    command: hexOf(commandMessage.encode(command)),
    json: commandMessage.toJson(command),
  };
  const result = step(scene.state, command, scene.now);
  if (!result.ok) return { ...given, refusal: result.refusal.code, at: result.refusal.at };
  return { ...given, state: hexOf(stateHash(scene.state)) };
}

/** Rules that a command alone can break; those that need another state are left to the tests. */
function refusedSteps(scene: Scene): readonly LedgerStep[] {
  const state = hexOf(stateHash(scene.state));
  return BOOKS.flatMap(({ good, rules }) =>
    rules.flatMap((rule) => {
      const other = fullScene();
      const command = draftOf(good(other));
      rule.broken(command, command.body as never, other);
      if (hexOf(stateHash(other.state)) !== state) return [];
      return [tried(scene, `${command.body.is}: ${rule.title}`, command)];
    }),
  );
}

/** What follows the refused commands: everything good in the tables, and an expired coin's end. */
function goOn(scene: Scene): readonly LedgerStep[] {
  const steps: LedgerStep[] = [];
  const give = (name: string, operator: number, body: CommandBody): void => {
    steps.push(tried(scene, name, commandOf(scene, operator, body)));
  };
  for (const { good } of BOOKS) {
    const command = good(scene);
    steps.push(tried(scene, `a good ${command.body.is}`, command));
  }
  const part = (outputs: Order['parts'][number]['outputs']): Order['parts'] => [
    { coin: DATED, inputs: [{ from: 120, to: 250 }], outputs },
  ];
  const move = (name: string, secret: string, parts: Order['parts'], verb: Order['verb']): void => {
    const order = orderOf(parts, { verb, end: instantOf(scene.now + 1000) });
    give(name, NORTH, { is: 'move', order, secrets: [bytesFor(secret)] });
  };
  const stock = stockTag(NORTH);
  scene.now = DATED_UNTIL;
  const pay = part([{ to: 250, lock: lockFor('late'), tag: WANG }]);
  move('an expired coin is paid', 'li change', pay, 'transfer');
  const back = part([{ to: 250, lock: lockFor('new'), tag: LI }]);
  move('an expired coin is redeemed into itself', 'li change', back, 'redeem');
  const redeem = part([
    { to: 200, lock: lockFor('redeemed'), tag: stock },
    { to: 250, lock: lockFor('rest'), tag: LI },
  ]);
  move('an expired coin is redeemed, with change', 'li change', redeem, 'redeem');
  give('what was redeemed is retired', NORTH, {
    is: 'retire',
    operator: NORTH,
    reserve: { reference: bytesFor('fourth reserve'), sums: [{ currency: 156, amount: 80n }] },
    pieces: [{ coin: DATED, from: 120, to: 200 }],
    secrets: [bytesFor('redeemed')],
  });
  give('a piece is retired twice', NORTH, {
    is: 'retire',
    operator: NORTH,
    reserve: { reference: bytesFor('fifth reserve'), sums: [{ currency: 156, amount: 80n }] },
    pieces: [{ coin: DATED, from: 120, to: 200 }],
    secrets: [bytesFor('redeemed')],
  });
  give('a quota is taken away', 0, { is: 'admit', operator: SOUTH, quotas: [] });
  return steps;
}

/** The whole story from the empty ledger on. */
export function ledgerVectors(): unknown {
  const names = [
    'renminbi may be issued against full reserves',
    'so may dollars',
    'operator 7 is admitted',
    'operator 9 is admitted',
    'operator 7 gets four coins',
    'operator 7 sells Li pieces of all of them',
  ];
  const told = fullScene();
  const scene: Scene = { ...fullScene(), state: emptyState(SCENE_AUTHORITY) };
  const opening = told.entries.map(({ command }, i) => tried(scene, names[i] ?? '', command));
  scene.sequence = told.sequence;
  return {
    about:
      'Commands given one after the other to an empty ledger (07). An accepted one has the hash of the state after it; a refused one leaves the state as it was.',
    authority: hexOf(SCENE_AUTHORITY),
    steps: [...opening, ...refusedSteps(scene), ...goOn(scene)],
  };
}
