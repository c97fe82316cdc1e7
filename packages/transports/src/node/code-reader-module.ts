/**
 * The reader of codes under Node: its WebAssembly module is read from the installed package, once.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type CodeReader, newCodeReader } from '../code-reader.ts';

let reader: Promise<CodeReader> | undefined;

/** The one reader of this process: about 40 ms at first, and nothing after. */
export function codeReader(): Promise<CodeReader> {
  reader ??= load();
  return reader;
}

async function load(): Promise<CodeReader> {
  const file = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  return newCodeReader(await readFile(file));
}
