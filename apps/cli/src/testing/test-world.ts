/**
 * The world of a command line in a test: the model country for a network, a place in memory for each
 * wallet file, and everything said kept to be looked at.
 */
import { join } from 'node:path';
import { instantOf } from '@specie/core/base/instant';
import { accept, refuse } from '@specie/core/base/result';
import { mlDsaNative, slhDsaNative } from '@specie/protocol/node/native-crypto';
import { seededRandom } from '@specie/wallet/node/testing/holder';
import { type Country, newCountry } from '@specie/wallet/node/testing/model-country';
import { memoryPlace, type MemoryPlace, openMemoryStorage } from '@specie/wallet/storage/memory';
import { openWallet } from '@specie/wallet/wallet';
import { drawMessage, readPictures } from '../adapters/carried-messages.ts';
import type { World } from '../command.ts';
import { runCommandLine } from '../command-line.ts';

export interface TestWorld extends World {
  readonly country: Country;
  /** What a person types when asked, one after the other. */
  readonly typed: string[];
  readonly files: Map<string, Uint8Array>;
  readonly programs: string[][];
  /** Runs a line of words and gives what was said. */
  line(words: string | readonly string[]): Promise<Said>;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly complaint: string;
  /** The one object on stdout. */
  json(): Readonly<Record<string, unknown>>;
}

/** A world with money in two operators' stocks. */
export function testWorld(over: Partial<World> = {}): TestWorld {
  const country = newCountry();
  country.mint(1, 1_000_000);
  country.mint(2, 1_000_000);
  const places = new Map<string, MemoryPlace>();
  const random = seededRandom('command line');
  const said = { out: '', complaint: '' };
  const world: TestWorld = {
    country,
    typed: [],
    files: new Map(),
    programs: [],
    environment: {},
    home: '/home/ann',
    root: '/specie',
    isTerminal: false,
    clock: () => instantOf(country.now),
    monotonic: () => 0,
    pause: async () => undefined,
    out: (text) => (said.out += text),
    complain: (text) => (said.complaint += text),
    async ask(question) {
      said.out += question;
      return world.typed.shift();
    },
    readInput: async () => world.files.get('-') ?? new Uint8Array(0),
    readFile: (file) => world.files.get(file),
    writeFile: (file, content) => void world.files.set(file, content),
    drawMessage,
    readPictures,
    async openWallet(file) {
      const place = places.get(file) ?? memoryPlace();
      places.set(file, place);
      const storage = openMemoryStorage(place);
      if (!storage.ok) return storage;
      return openWallet({
        storage: storage.value,
        transport: country.transport,
        mlDsa: mlDsaNative,
        slhDsa: slhDsaNative,
        clock: () => instantOf(country.now),
        random,
      });
    },
    fetchText: async (url) =>
      url.startsWith('http://operator-1.test')
        ? accept('{"name":"Bank 1"}')
        : refuse('operator_unreachable', url),
    async run(program, args) {
      world.programs.push([program, ...args]);
      return { code: 0, output: 'done\n' };
    },
    entropy: async (args) => (args.length === 0 ? 0 : 2),
    carried: () => ({ requests: 0, bytes: 0 }),
    temporaryFolder: () => ({ path: join('/tmp', 'specie'), remove: () => undefined }),
    async line(words) {
      said.out = '';
      said.complaint = '';
      const args = typeof words === 'string' ? words.split(' ') : words;
      const code = await runCommandLine(args, world);
      const { out, complaint } = said;
      return { code, out, complaint, json: () => JSON.parse(out) as Record<string, unknown> };
    },
    ...over,
  };
  return world;
}
