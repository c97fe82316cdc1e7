/**
 * Every kind of message there is. A kind registers itself where it is defined, so the modules that
 * define them are imported here, for `inspect` to know them all.
 *
 * Spec: 00 §5.
 * @module
 */
import { messagesKnown } from '@specie/core/codec/message';
import '@specie/core/coin/coin';
import '@specie/core/ledger/command';
import '@specie/core/ledger/entry';
import '@specie/core/ledger/snapshot';
import '@specie/core/payment/address';
import '@specie/core/payment/lock-batch';
import '@specie/core/payment/order';
import '@specie/core/purse/endorsement';
import '@specie/core/purse/fraud';
import '@specie/core/purse/grant';
import '@specie/core/purse/hand-over';
import '@specie/core/purse/journal';
import '@specie/core/purse/loaded-piece';
import '@specie/core/purse/request';
import '@specie/core/purse/revocation';
import '@specie/protocol/messages/ledger';
import '@specie/protocol/messages/session';
import '@specie/protocol/messages/wallet';
import '@specie/protocol/trust/key-set';
import '@specie/transports/frame';
import '@specie/wallet/records';

/** Names of all kinds, by rising type. */
export const KNOWN_MESSAGES: readonly string[] = messagesKnown().map(({ name }) => name);
