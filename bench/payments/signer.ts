/** Signs for the payments bench in a thread of its own: one seed, many messages. */
import { parentPort } from 'node:worker_threads';
import { mlDsaNative } from '@specie/protocol/node/native-crypto';

/** What a signer is given. */
export interface SigningTask {
  readonly id: number;
  readonly seed: Uint8Array;
  readonly messages: readonly Uint8Array[];
}

parentPort?.on('message', ({ id, seed, messages }: SigningTask) => {
  const signatures = messages.map((message) => mlDsaNative.sign(seed, message));
  parentPort?.postMessage({ id, signatures });
});
