/**
 * The load: keep-alive connections that each send one payment, wait for its answer, and send the
 * next. Raw sockets, because on two cores whatever the generator costs is missing on the other side.
 */
import { connect, type Socket } from 'node:net';
import { OPERATOR_ROUTES } from '@specie/protocol/route';
import type { Job } from './orders.ts';

/** Where the outcome of a PayAnswer stands: behind header and order hash. */
const OUTCOME_AT = 4 + 32;
const PAID = 1;

export interface LoadOptions {
  readonly operatorUrls: readonly string[];
  readonly connections: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Called when the measured window begins. */
  readonly onWindow: () => void;
}

export interface LoadResult {
  /** Payments answered as paid within the window. */
  readonly paid: number;
  readonly seconds: number;
  readonly latencies: readonly number[];
  readonly failures: ReadonlyMap<string, number>;
  /** Jobs answered as paid at any time, by their place. */
  readonly settled: readonly number[];
}

interface Run {
  readonly queues: number[][];
  isOpen: boolean;
  isMeasured: boolean;
  paid: number;
  readonly latencies: number[];
  readonly failures: Map<string, number>;
  readonly settled: number[];
}

/** Sends jobs until the window closes or none are left. */
export async function runLoad(jobs: readonly Job[], options: LoadOptions): Promise<LoadResult> {
  const run: Run = {
    queues: options.operatorUrls.map((_, o) =>
      [...jobs.keys()].filter((i) => jobs[i]!.operator === o + 1).reverse(),
    ),
    isOpen: true,
    isMeasured: false,
    paid: 0,
    latencies: [],
    failures: new Map(),
    settled: [],
  };
  const lanes = Array.from({ length: options.connections }, (_, i) =>
    lane(jobs, run, i % options.operatorUrls.length, options),
  );
  const all = Promise.all(lanes);
  await Promise.race([all, sleep(options.warmUpMs)]);
  options.onWindow();
  const began = performance.now();
  run.isMeasured = true;
  await Promise.race([all, sleep(options.durationMs)]);
  run.isMeasured = false;
  const seconds = (performance.now() - began) / 1000;
  const { paid } = run;
  run.isOpen = false;
  await all;
  return { paid, seconds, latencies: run.latencies, failures: run.failures, settled: run.settled };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function lane(
  jobs: readonly Job[],
  run: Run,
  operator: number,
  options: LoadOptions,
): Promise<void> {
  const url = new URL(options.operatorUrls[operator]!);
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  const exchange = exchanger(socket, url);
  while (run.isOpen) {
    const at = run.queues[operator]!.pop();
    if (at === undefined) break;
    const began = performance.now();
    const answer = await exchange(jobs[at]!.body);
    const took = performance.now() - began;
    const isPaid = answer.status === 200 && answer.body[OUTCOME_AT] === PAID;
    if (isPaid) run.settled.push(at);
    else {
      const key =
        answer.status === 200
          ? `outcome ${answer.body[OUTCOME_AT]}`
          : `${answer.status} ${answer.body.toString('utf8').slice(0, 120)}`;
      run.failures.set(key, (run.failures.get(key) ?? 0) + 1);
    }
    if (run.isMeasured && isPaid) {
      run.paid += 1;
      run.latencies.push(took);
    }
  }
  socket.destroy();
}

interface RawAnswer {
  readonly status: number;
  readonly body: Buffer;
}

function exchanger(socket: Socket, url: URL): (body: Uint8Array) => Promise<RawAnswer> {
  const route = OPERATOR_ROUTES.pay;
  let pending: Buffer = Buffer.alloc(0);
  let settle: ((answer: RawAnswer) => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const headEnd = pending.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = pending.toString('latin1', 0, headEnd);
    const length = Number(/content-length: *([0-9]+)/i.exec(head)?.[1] ?? 0);
    if (pending.length < headEnd + 4 + length) return;
    const body = pending.subarray(headEnd + 4, headEnd + 4 + length);
    pending = pending.subarray(headEnd + 4 + length);
    settle?.({ status: Number(head.slice(9, 12)), body });
  });
  socket.on('error', (cause) => settle?.({ status: 0, body: Buffer.from(String(cause)) }));
  socket.on('close', () => settle?.({ status: 0, body: Buffer.from('closed') }));
  return (body) =>
    new Promise((resolve) => {
      settle = resolve;
      const head = `POST ${route.path} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/vnd.specie\r\naccept: application/vnd.specie\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    });
}
