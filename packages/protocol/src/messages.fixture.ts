/**
 * Every message of the protocol, for tests that try something on all of them.
 * @module
 */
import type { Message } from '@specie/core/codec/message';
import * as ledger from './messages/ledger.ts';
import * as session from './messages/session.ts';
import * as wallet from './messages/wallet.ts';
import { keySetMessage, rootKeyMessage, trustChainMessage } from './trust/key-set.ts';

/** What a module defines, less what is no message. */
function messagesOf(module: Readonly<Record<string, unknown>>): readonly Message<unknown>[] {
  return Object.entries(module).flatMap(([name, value]) =>
    name.endsWith('Message') ? [value as Message<unknown>] : [],
  );
}

export const PROTOCOL_MESSAGES: readonly Message<unknown>[] = [
  keySetMessage,
  trustChainMessage,
  rootKeyMessage,
  ...messagesOf(session),
  ...messagesOf(ledger),
  ...messagesOf(wallet),
].sort((a, b) => a.type - b.type);
