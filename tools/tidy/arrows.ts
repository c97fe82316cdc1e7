/**
 * Which way the arrows point: apps to packages, packages to core, inside core only to the left. An
 * arrow turned round is how a pure core stops being pure without anybody having decided it.
 */
import { ARROWS, CORE_DEPENDENCIES, CORE_FOLDERS, WITHOUT_NODE } from './house.ts';
import {
  type Edge,
  isTest,
  manifestAt,
  type Problem,
  type Target,
  type TreeView,
  workspaceOf,
} from './tree-view.ts';

const CORE_SOURCES = 'packages/core/src/';

export function arrowProblems(view: TreeView): Problem[] {
  const problems = view.edges.flatMap((edge) =>
    messagesFor(view, edge).map((message) => ({
      file: edge.from.path,
      line: edge.import.line,
      message,
    })),
  );
  for (const module of view.modules) {
    // A bench is picked by its name; nothing of the product is.
    if (workspaceOf(module.path) === undefined) continue;
    for (const line of module.computedImports) {
      const message = 'imports a path that is only known when it runs';
      problems.push({ file: module.path, line, message });
    }
  }
  return [...problems, ...strayFolders(view)];
}

function messagesFor(view: TreeView, edge: Edge): string[] {
  switch (edge.to.kind) {
    case 'file':
      return fileMessages(view, edge, edge.to.path);
    case 'package':
      return packageMessages(view, edge, edge.to);
    case 'node':
      return nodeMessages(edge, edge.to.name);
    case 'library':
      return libraryMessages(view, edge, edge.to.name);
  }
}

function fileMessages(view: TreeView, { from, import: { specifier } }: Edge, to: string): string[] {
  if (!view.files.has(to)) return [`imports ${specifier}, which is no file (write the ending .ts)`];
  const [here, there] = [workspaceOf(from.path), workspaceOf(to)];
  if (isTest(to) && !isTest(from.path)) return [`imports ${specifier}, which is for tests`];
  if (here !== there) return [`reaches into ${there ?? 'the root'} by path; import it by name`];
  if (!from.path.startsWith(CORE_SOURCES) || isTest(from.path)) return [];
  if (!to.startsWith(CORE_SOURCES)) return [`core may not import ${to}, which is no source of it`];
  const [left, right] = [coreFolder(to), coreFolder(from.path)];
  if (CORE_FOLDERS.indexOf(left) <= CORE_FOLDERS.indexOf(right)) return [];
  return [`core/${right} may not import core/${left}, which is to its right`];
}

function packageMessages(
  view: TreeView,
  { from }: Edge,
  { workspace: target, path: to }: Extract<Target, { readonly kind: 'package' }>,
): string[] {
  const here = workspaceOf(from.path);
  // Tests at the root, benches and tools stand above the house and see all of it.
  if (here === undefined) return [];
  if (`packages/${target}` === here) return [`imports its own package by name; write the path`];
  if (isTest(to) && !isTest(from.path)) return [`imports ${to}, which is for tests`];
  const name = here.slice(here.indexOf('/') + 1);
  const allowed = here.startsWith('apps/') ? Object.keys(ARROWS) : (ARROWS[name] ?? []);
  if (!allowed.includes(target)) return [`${here} may not import @specie/${target}`];
  const isDeclared = manifestAt(view.files, `${here}/package.json`)?.dependencies ?? {};
  if (Object.hasOwn(isDeclared, `@specie/${target}`)) return [];
  return [`@specie/${target} is not among the dependencies of ${here}/package.json`];
}

function nodeMessages({ from }: Edge, name: string): string[] {
  if (isTest(from.path) || !WITHOUT_NODE.some((place) => place.test(from.path))) return [];
  return [`imports ${name}, but has to run where there is no Node`];
}

function libraryMessages(view: TreeView, { from }: Edge, name: string): string[] {
  const root = manifestAt(view.files, 'package.json')?.devDependencies ?? {};
  const here = workspaceOf(from.path);
  if (here === undefined) {
    return Object.hasOwn(root, name) ? [] : [`${name} is not declared in package.json`];
  }
  if (isTest(from.path) && Object.hasOwn(root, name)) return [];
  if (here === 'packages/core' && !CORE_DEPENDENCIES.includes(name) && !isTest(from.path)) {
    return [`core may not import ${name}; a dependency of core needs a decision record`];
  }
  const manifest = manifestAt(view.files, `${here}/package.json`);
  const declared = { ...manifest?.dependencies, ...manifest?.devDependencies };
  if (Object.hasOwn(declared, name)) return [];
  return [`${name} is not among the dependencies of ${here}/package.json`];
}

function coreFolder(file: string): string {
  return file.split('/')[3] ?? '';
}

/** A folder that is not on the plan has no arrows, so nothing would hold it. */
function strayFolders(view: TreeView): Problem[] {
  const problems: Problem[] = [];
  for (const { path } of view.modules) {
    const here = workspaceOf(path);
    const name = here?.slice(here.indexOf('/') + 1) ?? '';
    if (here?.startsWith('packages/') === true && !Object.hasOwn(ARROWS, name)) {
      problems.push({ file: path, line: 0, message: `${here} has no arrows in tidy/house.ts` });
    }
    const isOnPlan = CORE_FOLDERS.includes(coreFolder(path));
    if (path.startsWith(CORE_SOURCES) && !isOnPlan) {
      problems.push({
        file: path,
        line: 0,
        message: `lies in no folder of core that is on the plan`,
      });
    }
  }
  return problems;
}
