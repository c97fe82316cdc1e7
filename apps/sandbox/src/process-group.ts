/**
 * The services of the sandbox as child processes. Each is started, watched, and started again when
 * it dies without having been told to; stopping goes in the opposite order of starting, so that no
 * operator is left talking to an authority that has gone. Invariant: a service that was stopped on
 * purpose is never started again by itself.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';

/** How to start one service. */
export interface ServicePlan {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where its log lines go. */
  readonly log: string;
  /** Answers 200 once the service takes requests. */
  readonly readyUrl: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export type ServiceState = 'starting' | 'ready' | 'stopped' | 'failed';

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 15_000;
const FAILURES_MAX = 10;
const POLL_MS = 50;

/** One running service. */
export class ServiceProcess {
  readonly plan: ServicePlan;
  state: ServiceState = 'starting';
  /** Times it was started again since this program runs. */
  restarts = 0;
  /** Starts in a row that did not lead to a service taking requests. */
  private failures = 0;
  private child: ChildProcess | undefined;
  private readonly log: WriteStream;
  private isWanted = false;
  private once: Readonly<Record<string, string>> = {};

  constructor(plan: ServicePlan) {
    this.plan = plan;
    this.log = createWriteStream(plan.log, { flags: 'a', mode: 0o600 });
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the service and waits until it takes requests; throws with the end of its log when it does not. */
  async start(): Promise<void> {
    this.isWanted = true;
    this.launch();
    await this.waitReady();
  }

  /** Starts the service anew with something added to its environment, this one time. */
  async restartWith(environment: Readonly<Record<string, string>>): Promise<void> {
    await this.stop();
    this.once = environment;
    await this.start();
  }

  /** Waits until the service has died and is taking requests again. */
  async revived(restartsBefore: number): Promise<void> {
    const attempts = START_PATIENCE_MS / POLL_MS;
    for (let i = 0; i < attempts; i++) {
      if (this.restarts > restartsBefore && this.state === 'ready') return;
      await pause();
    }
    throw new Error(`${this.plan.name} did not die and come back; its log is ${this.plan.log}`);
  }

  /** Tells the service to finish what it does and leave; kills it when it does not. */
  async stop(): Promise<void> {
    this.isWanted = false;
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await gone;
    clearTimeout(timer);
    this.state = 'stopped';
  }

  private launch(): void {
    this.state = 'starting';
    const child = spawn(process.execPath, [this.plan.program, ...this.plan.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.plan.environment, ...this.once },
      // Its own group: a Ctrl-C at the terminal reaches us alone, and we stop the services in order.
      detached: true,
    });
    this.once = {};
    child.stdout.pipe(this.log, { end: false });
    child.stderr.pipe(this.log, { end: false });
    child.once('exit', () => {
      this.exited();
    });
    this.child = child;
  }

  private exited(): void {
    if (!this.isWanted) return;
    if (this.failures >= FAILURES_MAX) {
      this.state = 'failed';
      return;
    }
    this.restarts += 1;
    this.failures += 1;
    const delay = Math.min(50 * 2 ** this.failures, 10_000);
    this.state = 'starting';
    setTimeout(() => {
      if (!this.isWanted) return;
      this.launch();
      void this.waitReady().catch(() => undefined);
    }, delay);
  }

  private async waitReady(): Promise<void> {
    const attempts = START_PATIENCE_MS / POLL_MS;
    for (let i = 0; i < attempts && this.isWanted; i++) {
      if (await isReady(this.plan.readyUrl)) {
        this.state = 'ready';
        this.failures = 0;
        return;
      }
      if (this.state === 'failed') break;
      await pause();
    }
    if (this.isWanted)
      throw new Error(`${this.plan.name} did not become ready; its log is ${this.plan.log}`);
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS));

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
