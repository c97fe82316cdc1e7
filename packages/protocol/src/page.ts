/**
 * The plain pages every service has: whether it runs, whether it is ready, what it may tell everyone.
 *
 * Spec: 10 §1.
 * @module
 */
import { refuse } from '@specie/core/base/result';
import { type House, refused } from './house.ts';
import type { Head, Mounted } from './mount.ts';
import { noReply, plainReply, type Reply } from './reply.ts';

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** The page of a route without messages. */
export function page(house: House, head: Head, mounted: Mounted): Reply | Promise<Reply> {
  const { plain, name } = house.options;
  switch (mounted.key) {
    case 'health':
      return plainReply(200, 'text/plain; charset=utf-8', `${name} runs\n`);
    case 'ready': {
      const isReady = plain.isReady() && !house.isDraining;
      return isReady
        ? plainReply(200, 'text/plain; charset=utf-8', `${name} is ready\n`)
        : noReply(refuse(house.isDraining ? 'stopping' : 'overloaded').refusal);
    }
    case 'metrics': {
      // An answer that would tell a stranger how much is paid here is as if it were not there.
      if (plain.metrics === undefined || !LOOPBACK.test(head.remote))
        return refused(house, head, refuse('route_unknown').refusal);
      const type = 'text/plain; version=0.0.4; charset=utf-8';
      return plain.metrics().then((text) => plainReply(200, type, text));
    }
    case 'openapi':
      return plain.openapi === undefined
        ? refused(house, head, refuse('route_unknown').refusal)
        : plainReply(200, 'application/json', plain.openapi());
    case 'status':
      return plainReply(200, 'application/json', JSON.stringify(plain.status()));
    default:
      return refused(house, head, refuse('route_unknown').refusal);
  }
}
