/**
 * Every message of purses, for the tests and vectors that go through them all.
 * @module
 */
import type { Message } from '../codec/message.ts';
import { messagesKnown } from '../codec/message.ts';
import './fraud.ts';
import './hand-over.ts';
import './journal.ts';
import './loaded-piece.ts';
import './purse-state.ts';
import './request.ts';
import './revocation.ts';

/** Types 0x80 to 0x9f are the purses'. */
export function purseMessages(): readonly Message<unknown>[] {
  return messagesKnown().filter(({ type }) => type >= 0x80 && type < 0xa0);
}
