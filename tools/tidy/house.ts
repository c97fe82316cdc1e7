/**
 * The plan of the house as data: who may import whom, and the few places that may touch time,
 * chance and the machine. To change a rule is to change a line here, with its reason beside it.
 */

/** Tidy fails below these, so that it can never be green on an empty tree. Raise them as it grows. */
export const MODULES_MIN = 200;
export const EDGES_MIN = 800;

/** Packages and the packages each may import. Apps may import every package and no other app. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  entropy: ['core'],
  stores: ['core'],
  transports: ['core'],
  protocol: ['core'],
  ui: ['core'],
  // The wallet speaks to its operator in the protocol's messages: the one arrow sideways.
  wallet: ['core', 'protocol'],
};

/** The folders of core; each may import itself and those before it. */
export const CORE_FOLDERS: readonly string[] = [
  'base',
  'codec',
  'money',
  'crypto',
  'terms',
  'coin',
  'payment',
  'purse',
  'ledger',
  'risk',
  'trace',
];

/** What core may take from outside the house; see docs/decisions. */
export const CORE_DEPENDENCIES: readonly string[] = [
  '@noble/hashes',
  '@noble/post-quantum',
  '@scure/base',
];

/** Sources that also run where there is no Node, and so import nothing from it. */
export const WITHOUT_NODE: readonly RegExp[] = [
  /^packages\/core\/src\//,
  /^packages\/ui\/src\//,
  /^packages\/wallet\/src\/(?!node\/)/,
  /^packages\/transports\/src\/(?!node\/)/,
];

/**
 * Names that would make a decision in core depend on more than its arguments: on time, on chance, on
 * the machine, on the person's language or on what else is under way.
 */
export const NOT_IN_CORE: ReadonlySet<string> = new Set([
  'Date',
  'Intl',
  'Promise',
  'performance',
  'process',
  'console',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'globalThis',
  'window',
  'document',
  'navigator',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'Buffer',
  'require',
  'eval',
  'Function',
  'Worker',
  'WebSocket',
  'XMLHttpRequest',
  'WeakRef',
  'FinalizationRegistry',
]);

/** Members that hide the person's language or the machine's chance behind an innocent object. */
export const MEMBERS_NOT_IN_CORE: ReadonlySet<string> = new Set([
  'toLocaleString',
  'toLocaleUpperCase',
  'toLocaleLowerCase',
  'localeCompare',
]);

/** Every common way to draw randomness, by whatever module it comes from. */
export const CHANCE: ReadonlySet<string> = new Set([
  'getRandomValues',
  'randomBytes',
  'randomFill',
  'randomFillSync',
  'randomInt',
  'randomUUID',
  'randomSecretKey',
  'randomPrivateKey',
  'generateKey',
  'generateKeySync',
  'generateKeyPair',
  'generateKeyPairSync',
  'generatePrime',
  'generatePrimeSync',
]);

/** A place that may do what the others may not, and why. */
export interface Place {
  readonly path: RegExp;
  readonly reason: string;
}

export const MAY_DRAW_CHANCE: readonly Place[] = [
  { path: /^packages\/entropy\/src\//, reason: 'this is what the package is for' },
];

export const MAY_READ_CLOCKS: readonly Place[] = [
  { path: /^apps\/[^/]+\/src\/main\.ts$/, reason: 'hands the clock to everything else' },
  { path: /^apps\/[^/]+\/src\/adapters\//, reason: 'an adapter is where the world begins' },
  { path: /^packages\/entropy\/src\//, reason: 'the jitter of a clock is one of its sources' },
  { path: /^bench\//, reason: 'measures time' },
  { path: /^tools\//, reason: 'measures time' },
  { path: /^tests\//, reason: 'stories run in real time against real processes' },
  { path: /\.slow\.test\.ts$/, reason: 'slow tests measure and wait' },
  {
    path: /^packages\/protocol\/src\/node\/listen\.test\.ts$/,
    reason: 'a certificate has to be valid on the day of the test',
  },
];

/** Modules of Node, and libraries around them, that hold a file or a port open. */
export const MACHINERY: readonly string[] = [
  'node:sqlite',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:dgram',
  '@hono/node-server',
];

/** Where machinery may be imported at all. */
export const MAY_HOLD_MACHINERY: readonly Place[] = [
  { path: /^packages\/stores\/src\//, reason: 'the adapters of the storage ports' },
  { path: /^packages\/[^/]+\/src\/node\//, reason: 'the adapters of a package under Node' },
  { path: /^apps\/[^/]+\/src\/main\.ts$/, reason: 'builds its adapters' },
  { path: /^apps\/[^/]+\/src\/adapters\//, reason: 'builds its adapters' },
];

/** Where an adapter, a module that imports machinery, may be imported and so be built. */
export const MAY_BUILD_ADAPTERS: readonly Place[] = [
  { path: /^apps\/[^/]+\/src\/main\.ts$/, reason: 'the one place that knows the whole app' },
  { path: /^apps\/[^/]+\/src\/adapters\//, reason: 'builds its adapters' },
  { path: /^bench\//, reason: 'measures adapters' },
  { path: /^tests\//, reason: 'stories run real processes' },
  { path: /^tools\//, reason: 'tools may look at anything' },
  { path: /\.(?:test|conformance)\.ts$/, reason: 'tests run the real adapter' },
];

/** File names that say nothing about what is inside. */
export const REFUSED_NAMES: ReadonlySet<string> = new Set([
  'common',
  'constants',
  'helper',
  'helpers',
  'impl',
  'index',
  'misc',
  'service',
  'services',
  'shared',
  'stuff',
  'types',
  'util',
  'utils',
]);

/** Whether one of the places covers this file. */
export function isListed(places: readonly Place[], file: string): boolean {
  return places.some((place) => place.path.test(file));
}
