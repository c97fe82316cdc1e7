/**
 * A source as tidy sees it: what it imports and which names it leans on. It is read with the
 * TypeScript compiler's own parser, because a search for words cannot tell a use from a comment.
 */
import ts from 'typescript';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Types vanish before anything runs, so they build nothing. */
  readonly isTypeOnly: boolean;
}

export interface Use {
  readonly name: string;
  readonly line: number;
}

export interface Module {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Imports whose target is computed, which nobody can check. */
  readonly computedImports: readonly number[];
  /** Names that are not bound in the file itself. */
  readonly globals: readonly Use[];
  /** Names after a dot, and names taken from an import. */
  readonly members: readonly Use[];
  /** `Math.random`, `Date.now` and the like: global and member together. */
  readonly paths: readonly Use[];
  /** Calls and constructions without an argument, by the name of what is called. */
  readonly emptyCalls: readonly Use[];
  /** Lines with `async`, `await` or a loop that awaits. */
  readonly waits: readonly number[];
  /** The comment before the first statement, without its marks. */
  readonly header: string;
}

/** What is gathered on the way through one source. */
interface Findings {
  readonly imports: Import[];
  readonly computedImports: number[];
  readonly names: Use[];
  readonly members: Use[];
  readonly paths: Use[];
  readonly emptyCalls: Use[];
  readonly waits: number[];
  readonly bound: Set<string>;
  readonly declared: Set<string>;
}

/** Reads one source; never fails, since a file that does not parse is the compiler's business. */
export function readModule(path: string, text: string): Module {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const found: Findings = {
    imports: [],
    computedImports: [],
    names: [],
    members: [],
    paths: [],
    emptyCalls: [],
    waits: [],
    bound: new Set(),
    declared: new Set(),
  };
  const visit = (node: ts.Node): void => {
    const start = node.getStart(source);
    note(node, source.getLineAndCharacterOfPosition(start).line + 1, found);
    visitUses(node, visit);
  };
  visit(source);
  const { names, bound, declared, ...rest } = found;
  const globals = names.filter(({ name }) => declared.has(name) || !bound.has(name));
  return { path, text, ...rest, globals, header: headerOf(text) };
}

function note(node: ts.Node, line: number, found: Findings): void {
  if (ts.isImportDeclaration(node)) {
    noteImport(node.moduleSpecifier, isTypeOnlyImport(node), line, found);
  } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    noteImport(node.moduleSpecifier, node.isTypeOnly, line, found);
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    noteImport(node.argument.literal, true, line, found);
  } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    noteCall(node, line, found);
  } else if (ts.isPropertyAccessExpression(node)) {
    found.members.push({ name: node.name.text, line });
    if (ts.isIdentifier(node.expression)) {
      found.paths.push({ name: `${node.expression.text}.${node.name.text}`, line });
    }
  } else if (ts.isImportSpecifier(node)) {
    found.members.push({ name: (node.propertyName ?? node.name).text, line });
  } else if (ts.isIdentifier(node)) {
    found.names.push({ name: node.text, line });
  }
  if (isWait(node)) found.waits.push(line);
  for (const name of namesBoundBy(node)) found.bound.add(name);
  for (const name of namesDeclaredBy(node)) found.declared.add(name);
}

function noteImport(
  specifier: ts.Node,
  isTypeOnly: boolean,
  line: number,
  { imports, computedImports }: Findings,
): void {
  if (!ts.isStringLiteralLike(specifier)) computedImports.push(line);
  else imports.push({ specifier: specifier.text, line, isTypeOnly });
}

function noteCall(node: ts.CallExpression | ts.NewExpression, line: number, found: Findings): void {
  const callee = node.expression;
  const first = node.arguments?.[0];
  if (first !== undefined) {
    if (callee.kind === ts.SyntaxKind.ImportKeyword) noteImport(first, false, line, found);
  } else if (ts.isIdentifier(callee)) {
    found.emptyCalls.push({ name: callee.text, line });
  } else if (ts.isPropertyAccessExpression(callee)) {
    found.emptyCalls.push({ name: callee.name.text, line });
  }
}

/** `import type`, or an import whose every name is marked `type`. */
function isTypeOnlyImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) {
    return false;
  }
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function isWait(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return true;
  if (ts.isAwaitExpression(node)) return true;
  return ts.isForOfStatement(node) && node.awaitModifier !== undefined;
}

/** Visits the children of a node except the names that only label something. */
function visitUses(node: ts.Node, visit: (child: ts.Node) => void): void {
  const label = labelOf(node);
  ts.forEachChild(node, (child) => {
    if (child !== label) visit(child);
  });
}

/** The child that is a label and no use: `b` in `a.b`, in `{ b: 1 }`, in `import { b as c }`. */
function labelOf(node: ts.Node): ts.Node | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name;
  if (ts.isQualifiedName(node)) return node.right;
  if (ts.isPropertyAssignment(node) || ts.isPropertySignature(node)) return node.name;
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) return node.name;
  if (ts.isPropertyDeclaration(node) || ts.isAccessor(node)) return node.name;
  if (ts.isBindingElement(node) || ts.isImportSpecifier(node)) return node.propertyName;
  if (ts.isExportSpecifier(node)) return node.name;
  if (ts.isNamedTupleMember(node)) return node.name;
  return undefined;
}

function namesBoundBy(node: ts.Node): string[] {
  const isBinding =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node);
  if (!isBinding || node.name === undefined || !ts.isIdentifier(node.name)) return [];
  return [node.name.text];
}

/** `declare const x` binds nothing: it says that the surroundings have an `x`. */
function namesDeclaredBy(node: ts.Node): string[] {
  const isDeclared = (one: ts.HasModifiers): boolean =>
    one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true;
  if (ts.isVariableStatement(node) && isDeclared(node)) {
    return node.declarationList.declarations.flatMap(namesBoundBy);
  }
  const isOther = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);
  return isOther && isDeclared(node) ? namesBoundBy(node) : [];
}

/** The text of the comments that open a file, without marks, directives and `#!`. */
function headerOf(text: string): string {
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  const ranges = ts.getLeadingCommentRanges(text.slice(start), 0) ?? [];
  return ranges
    .map(({ pos, end }) => text.slice(start).slice(pos, end))
    .filter((comment) => !/^\/\/ @ts-check|eslint-/.test(comment))
    .join(' ')
    .replace(/^\/\*\*?|\*\/$|^\s*\*|^\/\//gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
