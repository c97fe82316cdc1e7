/**
 * What files are called and how they open. A name is the first thing a person reads; `utils` and
 * `types` say nothing, and a file without an opening comment has to be read to be judged.
 */
import { REFUSED_NAMES } from './house.ts';
import { isTest, type Problem, type TreeView } from './tree-view.ts';

const IN_HOUSE = /^(?:packages|apps|tools|tests|bench)\//;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Endings that tell a file's kind and belong to no name. */
const ENDING = /(?:\.(?:slow\.test|story\.test|test|conformance|fixture|config|d))?\.[a-z]+$/;

const HEADER_CHARACTERS_MIN = 30;

export function nameProblems(view: TreeView): Problem[] {
  return view.modules.flatMap(({ path, header }) => {
    const problems: Problem[] = [];
    const say = (message: string): number => problems.push({ file: path, line: 0, message });
    if (IN_HOUSE.test(path)) {
      const parts = path.split('/').slice(1);
      const names = [...parts.slice(0, -1), (parts.at(-1) ?? '').replace(ENDING, '')];
      for (const name of names) {
        if (!KEBAB.test(name)) say(`"${name}" is not written in kebab-case`);
        else if (REFUSED_NAMES.has(name)) say(`"${name}" says nothing; name what is inside`);
      }
    }
    // A test opens with its titles, which are sentences.
    const isTitled = isTest(path) && !path.startsWith('tests/');
    if (!isTitled && header.length < HEADER_CHARACTERS_MIN) {
      say('does not open with a comment that says what it is and which invariant it guards');
    }
    return problems;
  });
}
