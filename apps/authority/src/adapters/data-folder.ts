/**
 * The authority's data folder: where each thing is, and how it is read. Invariant: format, kind and
 * rights are checked before anything in it is believed.
 *
 * Spec: 09 §9.
 * @module
 */
import fs from 'node:fs';
import path from 'node:path';
import { bytesOfHex, hexOf } from '@specie/core/base/bytes';
import { instantOf } from '@specie/core/base/instant';
import { Fault } from '@specie/protocol/fault';
import { openFolder, readJson, writeDurably } from '@specie/protocol/node/folder';
import { trustChainMessage, type TrustChain } from '@specie/protocol/trust/key-set';
import type { HaltCause, HaltRecord, HaltShelf } from '../ledger/halt.ts';
import { readSettings, type Settings } from '../settings.ts';
import { readOperatorFile, type RegisteredOperator } from '../trust/operator-file.ts';
import type { AuthorityKey } from '../trust/key-sets.ts';

export const KIND = 'authority';

export const PLACES = {
  settings: 'settings.json',
  keyRecords: 'keys/records.json',
  chain: 'trust.chain',
  operators: 'operators',
  journal: 'journal.sqlite',
  directory: 'directory.sqlite',
  seals: 'seals.sqlite',
  halt: 'halt.json',
  clock: 'clock.json',
  service: 'service.json',
  stateMark: 'state.json',
} as const;

export interface DataFolder {
  readonly path: string;
  readonly isSandbox: boolean;
  readonly settings: Settings;
  at(place: keyof typeof PLACES): string;
}

export function openDataFolder(directory: string): DataFolder {
  const { sandbox } = openFolder(directory, KIND);
  const at = (place: keyof typeof PLACES): string => path.join(directory, PLACES[place]);
  const settings = readSettings(readJson(at('settings')), at('settings'));
  if (settings.openings.length > 0 && !sandbox) {
    const why = 'opening reserves are for sandbox data alone';
    throw new Fault('sandbox_only', 'never', `${at('settings')}: ${why}`);
  }
  return { path: directory, isSandbox: sandbox, settings, at };
}

export function readChain(folder: Pick<DataFolder, 'at'>): TrustChain {
  const file = folder.at('chain');
  if (!fs.existsSync(file)) return [];
  const read = trustChainMessage.decode(fs.readFileSync(file));
  if (!read.ok)
    throw new Fault('file_malformed', 'never', `${file} is damaged (${read.refusal.code})`);
  return read.value.sets;
}

export function writeChain(folder: Pick<DataFolder, 'at'>, sets: TrustChain): void {
  writeDurably(folder.at('chain'), trustChainMessage.encode({ sets }));
}

/** The authority's public keys with their times, the retired ones included. */
export function readKeyRecords(folder: Pick<DataFolder, 'at'>): readonly AuthorityKey[] {
  const file = folder.at('keyRecords');
  const json = readJson(file);
  const records: unknown = (json as { keys?: unknown } | undefined)?.keys;
  if (!Array.isArray(records)) throw new Fault('file_malformed', 'never', `${file} has no keys`);
  return records.map((each: unknown) => {
    const { purpose, publicKey, from, until } = each as Readonly<Record<string, unknown>>;
    const bytes = typeof publicKey === 'string' ? bytesOfHex(publicKey) : undefined;
    const isKnown = purpose === 'session' || purpose === 'mint';
    if (!isKnown || bytes === undefined || typeof from !== 'number' || typeof until !== 'number')
      throw new Fault('file_malformed', 'never', `${file} holds a key that is none`);
    return { purpose, publicKey: bytes, from: instantOf(from), until: instantOf(until) };
  });
}

export function writeKeyRecords(
  folder: Pick<DataFolder, 'at'>,
  keys: readonly AuthorityKey[],
): void {
  const shown = keys.map((each) => ({ ...each, publicKey: hexOf(each.publicKey) }));
  writeDurably(folder.at('keyRecords'), `${JSON.stringify({ format: 1, keys: shown }, null, 2)}\n`);
}

/** Every operator registered in the folder, by number. */
export function readOperators(folder: DataFolder): readonly RegisteredOperator[] {
  const directory = folder.at('operators');
  const names = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  const operators = names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => path.join(directory, name))
    .map((file) => readOperatorFile(readJson(file), file, folder.settings))
    .sort((a, b) => a.card.operator - b.card.operator);
  operators.forEach(({ card }, i) => {
    if (operators[i - 1]?.card.operator !== card.operator) return;
    throw new Fault('operator_card_invalid', 'never', `operator ${card.operator} has two files`);
  });
  return operators;
}

const CAUSES: readonly HaltCause[] = ['ledger_behind', 'ledger_clock_stepped'];

/** Halts in `halt.json`. A file that cannot be understood is a halt by itself. */
export function haltShelf(file: string): HaltShelf {
  return {
    load() {
      const json = readJson(file) as { halts?: unknown } | undefined;
      if (json === undefined) return [];
      const { halts } = json;
      if (!Array.isArray(halts))
        throw new Fault('file_malformed', 'never', `${file} is not readable`);
      return halts.map((each: unknown): HaltRecord => {
        const { cause, since, detail } = each as Readonly<Record<string, unknown>>;
        const known = CAUSES.find((name) => name === cause);
        if (known === undefined || typeof since !== 'number' || typeof detail !== 'string')
          throw new Fault('file_malformed', 'never', `${file} is not readable`);
        return { cause: known, since: instantOf(since), detail };
      });
    },
    save(halts) {
      writeDurably(file, `${JSON.stringify({ format: 1, halts }, null, 2)}\n`);
    },
  };
}

/** Milliseconds by which the sandbox's clock is shifted; anywhere else a shift is refused. */
export function clockOffset(folder: DataFolder): number {
  const json = readJson(folder.at('clock')) as { offsetMs?: unknown } | undefined;
  if (json === undefined) return 0;
  if (!folder.isSandbox)
    throw new Fault('sandbox_only', 'never', 'a clock is shifted only in sandbox data');
  const { offsetMs } = json;
  if (typeof offsetMs !== 'number' || !Number.isInteger(offsetMs))
    throw new Fault(
      'settings_invalid',
      'never',
      `${folder.at('clock')}: offsetMs has to be a number`,
    );
  return offsetMs;
}
