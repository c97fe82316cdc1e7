/**
 * Where time, chance and the machine may enter. Core decides from its arguments alone; randomness
 * comes from one package; clocks and adapters come from each app's main. Whoever breaks one of these
 * breaks replay, health tests or the simulator without a single test turning red.
 */
import {
  CHANCE,
  isListed,
  MACHINERY,
  MAY_BUILD_ADAPTERS,
  MAY_DRAW_CHANCE,
  MAY_HOLD_MACHINERY,
  MAY_READ_CLOCKS,
  MEMBERS_NOT_IN_CORE,
  NOT_IN_CORE,
} from './house.ts';
import type { Module, Use } from './module.ts';
import { type Edge, isTest, type Problem, type TreeView, workspaceOf } from './tree-view.ts';

export function purityProblems(view: TreeView): Problem[] {
  const adapters = adaptersIn(view);
  return [
    ...view.modules.flatMap((module) => [
      ...coreProblems(module),
      ...chanceProblems(module),
      ...clockProblems(module),
    ]),
    ...view.edges.flatMap((edge) => machineryProblems(edge, adapters)),
  ];
}

function problemsOf(module: Module, uses: readonly Use[], why: string): Problem[] {
  const seen = new Set<string>();
  return uses
    .filter(({ name, line }) => !seen.has(`${name}:${line}`) && seen.add(`${name}:${line}`))
    .map(({ name, line }) => ({ file: module.path, line, message: `${name}: ${why}` }));
}

function coreProblems(module: Module): Problem[] {
  if (!module.path.startsWith('packages/core/src/') || isTest(module.path)) return [];
  const why = 'core is a function of its arguments: no clock, no machine, no language, no chance';
  const waits = module.waits.map((line) => ({ name: 'async', line }));
  return [
    ...problemsOf(
      module,
      module.globals.filter(({ name }) => NOT_IN_CORE.has(name)),
      why,
    ),
    ...problemsOf(
      module,
      module.members.filter(({ name }) => MEMBERS_NOT_IN_CORE.has(name)),
      why,
    ),
    ...problemsOf(module, waits, 'core is synchronous; load before, write after'),
  ];
}

function chanceProblems(module: Module): Problem[] {
  if (isListed(MAY_DRAW_CHANCE, module.path)) return [];
  const drawn = [
    ...module.members.filter(({ name }) => CHANCE.has(name)),
    ...module.globals.filter(({ name }) => CHANCE.has(name)),
    ...module.paths.filter(({ name }) => name === 'Math.random'),
    // A key made from no seed is made from the machine's randomness.
    ...module.emptyCalls.filter(({ name }) => name === 'keygen'),
  ];
  return problemsOf(module, drawn, 'only packages/entropy draws randomness; take a Random');
}

const CLOCKS = new Set(['Date.now', 'performance.now', 'performance.timeOrigin', 'process.hrtime']);

function clockProblems(module: Module): Problem[] {
  if (isListed(MAY_READ_CLOCKS, module.path)) return [];
  const read = [
    ...module.paths.filter(({ name }) => CLOCKS.has(name)),
    ...module.emptyCalls.filter(({ name }) => name === 'Date'),
  ];
  return problemsOf(module, read, 'a clock is read in main and handed on; take a Clock');
}

/** Modules of packages that themselves hold a file or a port open. */
function adaptersIn(view: TreeView): ReadonlySet<string> {
  const holders = view.edges.filter(
    (edge) => isMachinery(edge) && !isTest(edge.from.path) && !edge.import.isTypeOnly,
  );
  return new Set(holders.map((edge) => edge.from.path).filter((file) => /^packages\//.test(file)));
}

function isMachinery({ to }: Edge): boolean {
  return (to.kind === 'node' || to.kind === 'library') && MACHINERY.includes(to.name);
}

function machineryProblems(edge: Edge, adapters: ReadonlySet<string>): Problem[] {
  const { from, to } = edge;
  if (edge.import.isTypeOnly) return [];
  const at = { file: from.path, line: edge.import.line };
  if (isMachinery(edge)) {
    const isFine = isListed([...MAY_HOLD_MACHINERY, ...MAY_BUILD_ADAPTERS], from.path);
    const message = `imports ${edge.import.specifier} outside the folders for adapters`;
    return isFine ? [] : [{ ...at, message }];
  }
  if (to.kind !== 'package' || !adapters.has(to.path)) return [];
  if (workspaceOf(from.path) === undefined || isListed(MAY_BUILD_ADAPTERS, from.path)) return [];
  const message = `imports the adapter ${to.path}; adapters are built in an app's main or adapters`;
  return [{ ...at, message }];
}
