/**
 * Carries a request out once its body is there: makes sure of the caller, reads the message, calls
 * the handler and forms the answer. Invariant: inside a session every answer to an admitted request
 * is authenticated, refusals and faults included.
 *
 * Spec: 10 §1, §3; 06 §3.
 * @module
 */
import { accept, refuse, type Refusal, type Result } from '@specie/core/base/result';
import { callOf, type Party } from './call.ts';
import { faultOf } from './fault.ts';
import { type House, refused } from './house.ts';
import { signedSessionOpenMessage, signedSessionSealMessage } from './messages/session.ts';
import { signedAskMessage } from './messages/wallet.ts';
import { type Head, type Mounted, readMessage } from './mount.ts';
import { messageReply, noReply, type Reply, type Want } from './reply.ts';
import { AUTHENTICATOR_HEADER, COUNTER_HEADER, SESSION_HEADER } from './session/session-chain.ts';
import type { Admission } from './session/session-desk.ts';

/** Turns what is thrown into an answer: a fault into "come again", a bug into the end of the process. */
export function guarded(
  house: House,
  head: Head,
  run: () => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  try {
    const reply = run();
    return reply instanceof Promise
      ? reply.catch((cause: unknown) => broken(house, head, cause))
      : reply;
  } catch (cause) {
    return broken(house, head, cause);
  }
}

function broken(house: House, head: Head, cause: unknown): Reply {
  return noReply(refusalOfThrown(house, head, cause));
}

function refusalOfThrown(house: House, head: Head, cause: unknown): Refusal {
  const { options } = house;
  const fault = faultOf(cause);
  if (fault === undefined) {
    const onBug = options.onBug ?? thrown;
    onBug(cause);
    return refuse('peer_silent').refusal;
  }
  options.onFault?.(fault, head.path);
  return refuse(fault.retry === 'safe' ? 'overloaded' : 'peer_silent').refusal;
}

/** Throws where no request can catch it, so that the process stops. */
function thrown(bug: unknown): void {
  queueMicrotask(() => {
    throw bug;
  });
}

export function carryOut(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply | Promise<Reply> {
  switch (mounted.route.caller) {
    case 'session':
      return inSession(house, head, mounted, want, body);
    case 'ask':
      return asked(house, head, mounted, want, body);
    case 'handshake':
      return handshake(house, head, mounted, want, body);
    case 'anyone':
    case 'order':
      return handled(house, head, mounted, want, body, { is: 'anyone' });
  }
}

/** Reads the message and gives it to the handler. */
function handled(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
  party: Party,
): Reply | Promise<Reply> {
  const { route, handler } = mounted;
  const value =
    route.request === undefined ? accept(undefined) : readMessage(route.request, want, body);
  if (!value.ok) return refused(house, head, value.refusal);
  const result = handler(callOf(head, value.value, party));
  return result instanceof Promise
    ? result.then((settled) => replyOf(house, head, mounted, want, settled))
    : replyOf(house, head, mounted, want, result);
}

function replyOf(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  result: Result<unknown>,
): Reply {
  if (!result.ok) return refused(house, head, result.refusal);
  return messageReply(mounted.route, result.value, want);
}

function handshake(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply {
  const desk = house.options.gates.session;
  if (desk === undefined) return refused(house, head, refuse('route_unknown').refusal);
  const open = readMessage(signedSessionOpenMessage, want, body);
  if (!open.ok) return refused(house, head, open.refusal);
  return replyOf(house, head, mounted, want, desk.open(open.value));
}

/** Admits a request in its session; from there on every answer, refusals and faults included, is authenticated. */
function inSession(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply | Promise<Reply> {
  const desk = house.options.gates.session;
  if (desk === undefined) return refused(house, head, refuse('route_unknown').refusal);
  const isSeal = mounted.key === 'sessionSeal';
  const admitted = desk.admit({
    session: head.header(SESSION_HEADER),
    counter: head.header(COUNTER_HEADER),
    authenticator: head.header(AUTHENTICATOR_HEADER),
    method: head.method,
    path: head.path,
    body,
    isSeal,
  });
  if (!admitted.ok) return refused(house, head, admitted.refusal);
  const admission = admitted.value;
  const reply = guarded(house, head, () => {
    if (admission.refusal !== undefined) return refused(house, head, admission.refusal);
    if (isSeal) return sealed(house, head, mounted, want, body, admission);
    const { party, session } = admission;
    return handled(house, head, mounted, want, body, { is: 'party', number: party, session });
  });
  const authenticated = (plain: Reply): Reply => ({
    ...plain,
    headers: {
      ...plain.headers,
      [AUTHENTICATOR_HEADER]: admission.answer(plain.status, plain.body),
    },
  });
  return reply instanceof Promise ? reply.then(authenticated) : authenticated(reply);
}

function sealed(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
  admission: Admission,
): Reply | Promise<Reply> {
  const given = readMessage(signedSessionSealMessage, want, body);
  if (!given.ok) return refused(house, head, given.refusal);
  const result = admission.seal(given.value);
  return result instanceof Promise
    ? result.then((settled) => replyOf(house, head, mounted, want, settled))
    : replyOf(house, head, mounted, want, result);
}

function asked(
  house: House,
  head: Head,
  mounted: Mounted,
  want: Want,
  body: Uint8Array,
): Reply | Promise<Reply> {
  const gate = house.options.gates.ask;
  if (gate === undefined) return refused(house, head, refuse('route_unknown').refusal);
  const signed = readMessage(signedAskMessage, want, body);
  if (!signed.ok) return refused(house, head, signed.refusal);
  const admitted = gate.admit(signed.value, head.path);
  if (!admitted.ok) return refused(house, head, admitted.refusal);
  const { wallet, publicKey, ask } = admitted.value;
  const inner: Want = { ...want, isJsonBody: false };
  return handled(house, head, mounted, inner, ask.body, { is: 'wallet', wallet, publicKey, ask });
}
