/**
 * Tidy holds the arrows and habits of this repository: who imports whom, where time and chance
 * enter, what files are called, which words stay out. A rule that no tool checks is a wish.
 *
 * It counts the modules and edges it saw and fails below a floor, so that no mistake in reading the
 * tree can make it green on nothing.
 */
import fs from 'node:fs';
import path from 'node:path';
import { arrowProblems } from './tidy/arrows.ts';
import { EDGES_MIN, MODULES_MIN } from './tidy/house.ts';
import { nameProblems } from './tidy/names.ts';
import { purityProblems } from './tidy/purity.ts';
import { type Problem, viewOf } from './tidy/tree-view.ts';
import { wordProblems } from './tidy/words.ts';
import { workspaceProblems } from './tidy/workspaces.ts';
import { filesUnder, ROOT } from './tree.ts';

export interface Verdict {
  readonly modules: number;
  readonly edges: number;
  readonly problems: readonly Problem[];
}

export interface Floor {
  readonly modules: number;
  readonly edges: number;
}

const RULES = [arrowProblems, purityProblems, nameProblems, wordProblems, workspaceProblems];

/** Judges a tree, given as its texts by path. */
export function tidy(files: ReadonlyMap<string, string>, floor: Floor): Verdict {
  const view = viewOf(files);
  const problems = RULES.flatMap((rule) => rule(view));
  const [modules, edges] = [view.modules.length, view.edges.length];
  if (modules < floor.modules || edges < floor.edges) {
    const message =
      `only ${modules} modules and ${edges} edges were seen, fewer than the floor of ` +
      `${floor.modules} and ${floor.edges}`;
    problems.push({ file: 'tools/tidy/house.ts', line: 0, message });
  }
  return { modules, edges, problems };
}

/** Every text of the tree; a file with a zero byte is a picture or a font and has no words. */
export function textsUnder(root: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of filesUnder(root)) {
    const bytes = fs.readFileSync(path.join(root, file));
    if (!bytes.includes(0)) texts.set(file, bytes.toString('utf8'));
  }
  return texts;
}

if (import.meta.main) {
  const { modules, edges, problems } = tidy(textsUnder(ROOT), {
    modules: MODULES_MIN,
    edges: EDGES_MIN,
  });
  for (const { file, line, message } of problems) {
    console.log(`${file}${line === 0 ? '' : `:${line}`} ${message}`);
  }
  console.log(`${modules} modules, ${edges} edges, ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}
