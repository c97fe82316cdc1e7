/**
 * What must hold after any history, in any order of arrival: every unit in one place, every cheat
 * proven, nobody else accused. Used by the short test and by the long one.
 * @module
 */
import { checkFraudProof } from './fraud.ts';
import { chanceOf, grantKeyOf, shuffled, type History } from './history.fixture.ts';
import { unitCount } from './ranges.ts';
import {
  accusedOf,
  newSettlement,
  present,
  registerLoad,
  whereabouts,
  type Outcome,
  type Settlement,
} from './settle.ts';

/** A settlement in which all the loads of a history are registered. */
export function loadedFrom({ devices, loads }: History): Settlement {
  const state = newSettlement();
  for (const device of devices) {
    registerLoad(state, device.purse.own, loads.get(grantKeyOf(device)) ?? []);
  }
  return state;
}

/** Sentences about what does not hold; none when all is well. */
export function wrongIn(history: History, orders: number): readonly string[] {
  const wrong: string[] = [];
  const chance = chanceOf(history.bundles.length * 31 + history.loaded);
  for (let order = 0; order < orders; order++) {
    const state = loadedFrom(history);
    const brought = shuffled([...history.bundles, ...history.bundles.slice(0, 5)], chance);
    for (const bundle of brought) {
      const outcome = present(state, bundle);
      if (!isWhole(outcome, bundle.last.endorsement.parts)) wrong.push('an outcome loses units');
    }
    const units = [...whereabouts(state).values()].reduce((sum, each) => sum + each, 0);
    if (units !== history.loaded) wrong.push(`${units} of ${history.loaded} units are left`);
    const accused = accusedOf(state);
    if (accused.join() !== history.guilty.join())
      wrong.push(`accused ${accused.length}, guilty ${history.guilty.length}`);
    if (accused.some((key) => !history.cheaters.has(key))) wrong.push('an honest one is accused');
    wrong.push(...wrongProofs(history, state));
  }
  return wrong;
}

function wrongProofs({ country, devices }: History, { accused }: Settlement): readonly string[] {
  const { trust, suites } = country;
  return [...accused].flatMap(([key, proof]) => {
    const judged = checkFraudProof(proof, trust, suites);
    if (!judged.ok) return [`a proof is refused: ${judged.refusal.code}`];
    const device = devices.find((each) => grantKeyOf(each) === key);
    return judged.value.grant.serial === device?.purse.own.grant.serial
      ? []
      : ['another is accused'];
  });
}

function isWhole({ parts }: Outcome, named: readonly { from: number; to: number }[]): boolean {
  return parts.every(
    ({ kept, passedOn, short }, i) =>
      unitCount(kept) + unitCount(passedOn) + unitCount(short) === unitCount([named[i]!]),
  );
}
