/**
 * `seals`: what operators signed for in sessions, session by session, each judged anew from its
 * bytes and the fingerprint alone. Works beside a running service.
 *
 * Spec: 10 §4.
 * @module
 */
import { assert } from '@specie/core/base/assert';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import { sealLines, type SealLine } from '@specie/protocol/session/kept-seals';
import { openSealStore } from '@specie/stores/seal-store';
import { openDataFolder, readChain } from './data-folder.ts';

/** Tells every kept session, newest first; whether all of them are good. */
export function tellSeals(data: string, tell: (line: SealLine) => void): boolean {
  const folder = openDataFolder(data);
  const [first] = readChain(folder);
  assert(first !== undefined, 'init makes the first key set');
  const store = openSealStore(folder.at('seals'), { isReadOnly: true });
  try {
    let areGood = true;
    const suites = { suite: mlDsaNative, rootSuite: slhDsaNative, kem: kemNative };
    const judge = { authority: first.keySet.authority, digest: digestNative, ...suites };
    for (const line of sealLines(store.sessions(), judge)) {
      areGood &&= line.isGood;
      tell(line);
    }
    return areGood;
  } finally {
    store.close();
  }
}
