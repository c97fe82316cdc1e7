/** The counter of an operator in a town: where people of a test go. */
import type { Counter } from './person.ts';
import type { Town } from './town.ts';
import { parseAlias } from '@specie/operator/rule/alias';

export function counterOf(town: Town, number: number): Counter {
  const { url, letters } = town.branches[number - 1]!;
  return {
    number,
    url,
    authorityId: town.authorityId,
    transport: town.transport,
    clock: () => town.clock(),
    async code(to) {
      const alias = parseAlias(to);
      const letter = letters.findLast((each) => alias.ok && each.to === alias.value.text);
      if (letter === undefined) throw new Error(`no letter to ${to}`);
      return letter.code;
    },
  };
}
