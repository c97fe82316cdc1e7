/**
 * `seals`: what others signed for in sessions, session by session, each judged anew from its
 * bytes and the fingerprint alone. Works beside a running service.
 *
 * Spec: 10 §4.
 * @module
 */
import { Fault } from '@specie/protocol/fault';
import { parseAuthority } from '@specie/protocol/trust/key-set';
import {
  digestNative,
  kemNative,
  mlDsaNative,
  slhDsaNative,
} from '@specie/protocol/node/native-crypto';
import { sealLines, type SealLine } from '@specie/protocol/session/kept-seals';
import { openSealStore } from '@specie/stores/seal-store';
import { openDataFolder } from './data-folder.ts';

/** Tells every kept session, newest first; whether all of them are good. */
export function tellSeals(data: string, tell: (line: SealLine) => void): boolean {
  const folder = openDataFolder(data);
  const authority = parseAuthority(folder.settings.authority);
  if (!authority.ok)
    throw new Fault('settings_wrong', 'never', 'settings.json: authority is no fingerprint');
  const store = openSealStore(folder.at('seals'), { isReadOnly: true });
  try {
    let areGood = true;
    const suites = { suite: mlDsaNative, rootSuite: slhDsaNative, kem: kemNative };
    const judge = { authority: authority.value, digest: digestNative, ...suites };
    for (const line of sealLines(store.sessions(), judge)) {
      areGood &&= line.isGood;
      tell(line);
    }
    return areGood;
  } finally {
    store.close();
  }
}
