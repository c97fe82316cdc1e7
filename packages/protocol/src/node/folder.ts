/**
 * A data folder: its own alone, its keys unreadable to others, its format checked before anything in
 * it is believed, and files replaced whole or not at all.
 * @module
 */
import fs from 'node:fs';
import path from 'node:path';
import { Fault } from '../fault.ts';

export const FOLDER_MODE = 0o700;
export const KEY_FILE_MODE = 0o600;
const FILE_MODE = 0o600;
const FORMAT = 1;
const FORMAT_FILE = 'format.json';

export interface FolderFormat {
  readonly format: number;
  /** Which app the folder belongs to, for example `authority`. */
  readonly kind: string;
  /** Whether the data was made for trying out; never changes afterwards. */
  readonly sandbox: boolean;
}

/** Makes a folder for an app, closed to others, with its format file. A folder with something in it is a fault. */
export function createFolder(directory: string, format: Omit<FolderFormat, 'format'>): void {
  fs.mkdirSync(directory, { recursive: true, mode: FOLDER_MODE });
  fs.chmodSync(directory, FOLDER_MODE);
  if (fs.readdirSync(directory).length > 0)
    throw new Fault('folder_not_empty', 'never', `${directory} is not empty`);
  writeDurably(
    path.join(directory, FORMAT_FILE),
    `${JSON.stringify({ format: FORMAT, kind: format.kind, sandbox: format.sandbox })}\n`,
  );
}

/** Checks a folder before it is used: there, of this kind and format, closed to others. */
export function openFolder(directory: string, kind: string): FolderFormat {
  const file = path.join(directory, FORMAT_FILE);
  const read = readJson(file);
  if (!isFormat(read)) {
    const advice = 'it was made by another program, or by none; run init';
    throw new Fault(
      'folder_foreign',
      'never',
      `${directory} has no readable ${FORMAT_FILE}: ${advice}`,
    );
  }
  if (read.kind !== kind)
    throw new Fault('folder_foreign', 'never', `${directory} belongs to the ${read.kind}`);
  if (read.format !== FORMAT) {
    const advice = read.format > FORMAT ? 'update this program' : 'convert it first';
    throw new Fault('format_unknown', 'never', `${directory} has format ${read.format}: ${advice}`);
  }
  refuseOpenTo(directory, 0o077);
  return read;
}

/** Writes a key file that only its owner may read. An existing one is a fault: keys are never overwritten. */
export function writeKeyFile(file: string, key: Uint8Array): void {
  if (fs.existsSync(file)) throw new Fault('key_exists', 'never', `${file} exists`);
  writeDurably(file, key, KEY_FILE_MODE);
}

/** Reads a key file, and refuses to when others could have read it too. */
export function readKeyFile(file: string, length: number): Uint8Array {
  let key: Buffer;
  try {
    refuseOpenTo(file, 0o077);
    key = fs.readFileSync(file);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('key_missing', 'never', `cannot read ${file}`, cause);
  }
  if (key.length !== length)
    throw new Fault('key_malformed', 'never', `${file} does not hold ${length} bytes`);
  return Uint8Array.from(key);
}

/** Replaces a file: after return the new content survives a power cut; before, the old one does. */
export function writeDurably(file: string, content: Uint8Array | string, mode = FILE_MODE): void {
  const directory = path.dirname(file);
  const draft = path.join(directory, `.${path.basename(file)}.new`);
  try {
    fs.rmSync(draft, { force: true });
    const handle = fs.openSync(draft, 'wx', mode);
    try {
      fs.writeFileSync(handle, content);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(draft, file);
    syncFolder(directory);
  } catch (cause) {
    throw new Fault('disk_failed', 'never', `cannot write ${file}`, cause);
  }
}

/** The parsed JSON of a file; undefined when it is not there; a fault when it is not JSON. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw new Fault('disk_failed', 'never', `cannot read ${file}`, cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Fault('file_malformed', 'never', `${file} is not JSON`, cause);
  }
}

/** Makes the names in a folder durable. Windows has no such call and needs none. */
function syncFolder(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** Windows keeps rights elsewhere; its profile folders are closed to others by themselves. */
function refuseOpenTo(file: string, others: number): void {
  if (process.platform === 'win32') return;
  const { mode } = fs.statSync(file);
  if ((mode & others) === 0) return;
  const rights = (mode & 0o777).toString(8);
  throw new Fault(
    'file_open_to_others',
    'never',
    `${file} is open to others (mode ${rights}): run chmod go= on it, and renew its keys if others were here`,
  );
}

function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function isFormat(read: unknown): read is FolderFormat {
  if (typeof read !== 'object' || read === null) return false;
  const { format, kind, sandbox } = read as Readonly<Record<string, unknown>>;
  return Number.isInteger(format) && typeof kind === 'string' && typeof sandbox === 'boolean';
}
