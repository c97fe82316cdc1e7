/**
 * Every route of every service, as data: path, who may call it, what goes in and what comes out.
 * Servers mount exactly these, clients call exactly these, and the OpenAPI text is made of them, so
 * that the three cannot differ.
 *
 * Spec: 10 §1.
 * @module
 */
import type { Message } from '@specie/core/codec/message';
import { lockBatchMessage } from '@specie/core/payment/lock-batch';
import * as ledger from './messages/ledger.ts';
import * as session from './messages/session.ts';
import * as wallet from './messages/wallet.ts';
import { trustChainMessage } from './trust/key-set.ts';

/**
 * Who may call a route: anyone; anyone with a signed handshake; the other party of a session; the
 * wallet that signed the Ask around the request; the wallet that signed the order inside it.
 */
export type Caller = 'anyone' | 'handshake' | 'session' | 'ask' | 'order';

export interface Route<I, O> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly caller: Caller;
  readonly request: Message<I> | undefined;
  readonly answer: Message<O> | undefined;
  readonly summary: string;
}

function post<I, O>(
  path: string,
  caller: Caller,
  request: Message<I>,
  answer: Message<O>,
  summary: string,
): Route<I, O> {
  return { method: 'POST', path, caller, request, answer, summary };
}

/** Plain pages and texts that every service has. */
const COMMON = {
  health: {
    method: 'GET',
    path: '/healthz',
    caller: 'anyone',
    request: undefined,
    answer: undefined,
    summary: 'Whether the process runs.',
  },
  ready: {
    method: 'GET',
    path: '/readyz',
    caller: 'anyone',
    request: undefined,
    answer: undefined,
    summary: 'Whether the service takes requests.',
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    caller: 'anyone',
    request: undefined,
    answer: undefined,
    summary: 'Prometheus metrics; answered on loopback only.',
  },
  openapi: {
    method: 'GET',
    path: '/openapi.json',
    caller: 'anyone',
    request: undefined,
    answer: undefined,
    summary: 'This description.',
  },
  status: {
    method: 'GET',
    path: '/v1/status',
    caller: 'anyone',
    request: undefined,
    answer: undefined,
    summary: 'What the service may tell everyone, as JSON.',
  },
  trust: {
    method: 'GET',
    path: '/v1/trust',
    caller: 'anyone',
    request: undefined,
    answer: trustChainMessage,
    summary: 'The chain of key sets.',
  },
} as const;

const SESSIONS = {
  sessionOpen: post(
    '/v1/session/open',
    'handshake',
    session.signedSessionOpenMessage,
    session.signedSessionAcceptMessage,
    'Opens a session.',
  ),
  sessionSeal: post(
    '/v1/session/seal',
    'session',
    session.signedSessionSealMessage,
    session.signedSessionSealMessage,
    'Signs what was said in the session so far.',
  ),
} as const;

export const AUTHORITY_ROUTES = {
  ...COMMON,
  ...SESSIONS,
  commands: post(
    '/v1/ledger/commands',
    'session',
    ledger.commandsMessage,
    ledger.answersMessage,
    'Gives commands to the ledger.',
  ),
  answer: post(
    '/v1/ledger/answer',
    'session',
    ledger.answerQueryMessage,
    ledger.answersMessage,
    'Asks again for a lost answer.',
  ),
  feed: post(
    '/v1/ledger/feed',
    'session',
    ledger.feedQueryMessage,
    ledger.feedMessage,
    "Tells what happened to the operator's pieces.",
  ),
  issue: post(
    '/v1/mint/issue',
    'session',
    ledger.signedIssueRequestMessage,
    ledger.issueReceiptMessage,
    'Mints coins against reserves.',
  ),
  retire: post(
    '/v1/mint/retire',
    'session',
    ledger.signedRetireRequestMessage,
    ledger.retireReceiptMessage,
    'Takes pieces out of circulation.',
  ),
  directoryKey: post(
    '/v1/directory/key',
    'session',
    ledger.nothingMessage,
    ledger.directoryKeyMessage,
    'The key under which names are looked up.',
  ),
  directoryPublish: post(
    '/v1/directory/publish',
    'session',
    ledger.directoryEntryMessage,
    ledger.doneMessage,
    'Says which wallet a name leads to.',
  ),
  directoryFind: post(
    '/v1/directory/find',
    'session',
    ledger.directoryQueryMessage,
    ledger.directoryEntryMessage,
    'Finds the wallet of a name.',
  ),
} as const;

export const OPERATOR_ROUTES = {
  ...COMMON,
  ...SESSIONS,
  peerPayee: post(
    '/v1/peer/payee',
    'session',
    wallet.peerPayeeMessage,
    wallet.payeeCardMessage,
    'What another operator may know of a payee.',
  ),
  peerDraw: post(
    '/v1/peer/draw',
    'session',
    wallet.peerDrawMessage,
    wallet.offersMessage,
    "Locks of a payee, for another operator's wallet.",
  ),
  open: post(
    '/v1/wallet/open',
    'ask',
    wallet.openRequestMessage,
    wallet.openTicketMessage,
    'Begins to open a wallet; sends a code.',
  ),
  confirm: post(
    '/v1/wallet/confirm',
    'ask',
    wallet.openConfirmMessage,
    wallet.walletCardMessage,
    'Opens the wallet with the code.',
  ),
  card: post(
    '/v1/wallet/card',
    'ask',
    ledger.nothingMessage,
    wallet.walletCardMessage,
    'What the operator knows of the wallet; also after recovery from words.',
  ),
  locks: post(
    '/v1/wallet/locks',
    'ask',
    lockBatchMessage,
    wallet.locksLeftMessage,
    'Leaves receiving locks with the operator.',
  ),
  locksAgain: post(
    '/v1/wallet/locks-again',
    'ask',
    lockBatchMessage,
    wallet.locksLeftMessage,
    'Leaves a batch again that the operator has lost: its locks are known and never offered.',
  ),
  batches: post(
    '/v1/wallet/batches',
    'ask',
    wallet.batchQueryMessage,
    wallet.batchesUnknownMessage,
    'Which batches of locks the operator does not know.',
  ),
  state: post(
    '/v1/wallet/state',
    'ask',
    wallet.stateQueryMessage,
    wallet.walletStateMessage,
    'What happened to the wallet since a number.',
  ),
  payee: post(
    '/v1/wallet/payee',
    'ask',
    wallet.payeeQueryMessage,
    wallet.payeeCardMessage,
    'Finds whom to pay.',
  ),
  draw: post(
    '/v1/wallet/draw',
    'ask',
    wallet.drawRequestMessage,
    wallet.offersMessage,
    'Draws locks of a payee.',
  ),
  pay: post(
    '/v1/wallet/pay',
    'order',
    wallet.payRequestMessage,
    wallet.payAnswerMessage,
    'Carries out a signed order.',
  ),
  order: post(
    '/v1/wallet/order',
    'ask',
    wallet.orderQueryMessage,
    wallet.payAnswerMessage,
    'What became of an order.',
  ),
  topUp: post(
    '/v1/wallet/topup',
    'ask',
    wallet.topUpMessage,
    wallet.fundingMessage,
    'Buys money from a bank account.',
  ),
  cashOut: post(
    '/v1/wallet/cashout',
    'ask',
    wallet.cashOutMessage,
    wallet.fundingMessage,
    'Gives money back for a bank credit.',
  ),
  funding: post(
    '/v1/wallet/funding',
    'ask',
    wallet.fundingQueryMessage,
    wallet.fundingMessage,
    'How far a top-up or a cash-out is.',
  ),
} as const;

/** Media type of a message in its canonical form. */
export const MESSAGE_MEDIA_TYPE = 'application/vnd.specie';
/** Media type of a refusal (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
