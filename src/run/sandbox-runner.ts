/**
 * The Runner of one language: runs one program at a time, in a sandbox, within its limits.
 *
 * Each program has a worker of its own, which is killed at the end: so no program finds what an
 * earlier one left behind, and stopping (a loop hears no request) is nothing special. The next
 * worker comes up meanwhile, so that the next run starts at once.
 */
import type { Chunk } from '../core/protocol';
import type { RunOutcome, RunRequest, Runner, RunnerState } from '../core/runner';
import { Gate } from './gate';
import type { SandboxWorker, WorkerEnd } from './sandbox';
import { WorkerSupply, type SandboxLanguage } from './supply';

const CRASHED =
  'The program crashed its sandbox, most likely because it ran out of memory. ' +
  'Nothing else was harmed: you can run again.';

/** How a run was ended from this side. */
type Verdict = 'stopped' | 'timeout' | 'overrun';

export class SandboxRunner implements Runner {
  readonly #language: SandboxLanguage;
  readonly #supply: WorkerSupply;
  #current: SandboxWorker | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** `base` is the absolute URL of the directory that has `version.json`. */
  constructor(language: SandboxLanguage, base: string) {
    this.#language = language;
    this.#supply = new WorkerSupply(language, base);
  }

  get state(): RunnerState {
    return this.#supply.state;
  }

  subscribe(listener: () => void): () => void {
    return this.#supply.subscribe(listener);
  }

  prepare(): void {
    if (this.state.phase === 'idle' || this.state.phase === 'failed') {
      this.#supply.replenish();
    }
  }

  run(request: RunRequest, output: (chunk: Chunk) => void, stop: AbortSignal): Promise<RunOutcome> {
    const turn = this.#queue.then(() => this.#run(request, output, stop));
    this.#queue = turn;
    return turn;
  }

  dispose(): void {
    this.#supply.dispose();
    this.#current?.kill();
  }

  async #run(
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stop: AbortSignal
  ): Promise<RunOutcome> {
    const stopped = once<Verdict>();
    const onAbort = (): void => stopped.resolve('stopped');
    stop.addEventListener('abort', onAbort);
    try {
      if (stop.aborted) {
        return { status: 'stopped', error: null, durationMs: 0 };
      }
      const worker = await Promise.race([this.#supply.take(), stopped.promise]);
      return typeof worker === 'string'
        ? { status: 'stopped', error: null, durationMs: 0 }
        : await this.#execute(worker, request, output, stopped.promise);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return {
        status: 'error',
        error: `${this.#language.name} could not be started: ${reason}`,
        durationMs: 0
      };
    } finally {
      stop.removeEventListener('abort', onAbort);
    }
  }

  async #execute(
    worker: SandboxWorker,
    { code, files = {}, timeLimit }: RunRequest,
    output: (chunk: Chunk) => void,
    stopped: Promise<Verdict>
  ): Promise<RunOutcome> {
    this.#current = worker;
    const verdict = once<Verdict>();
    const limit = setTimeout(() => verdict.resolve('timeout'), timeLimit);
    const spare = setTimeout(() => this.#supply.replenish(), this.#language.spareAfter);
    const gate = new Gate(output, () => verdict.resolve('overrun'));
    const started = performance.now();
    const end = await Promise.race([
      worker.execute({ code, files }, chunk => gate.pass(chunk)),
      verdict.promise,
      stopped
    ]);
    const durationMs = Math.round(performance.now() - started);
    gate.close();
    clearTimeout(limit);
    clearTimeout(spare);
    worker.kill();
    this.#current = null;
    if (!this.#supply.disposed) {
      this.#supply.replenish();
    }
    return { ...this.#judge(end, timeLimit), durationMs };
  }

  #judge(end: WorkerEnd | Verdict, timeLimit: number): Omit<RunOutcome, 'durationMs'> {
    const seconds = timeLimit / 1000;
    switch (end) {
      case 'stopped':
        return { status: 'stopped', error: null };
      case 'timeout':
        return {
          status: 'timeout',
          error: `Stopped: the time limit of ${seconds} ${seconds === 1 ? 'second' : 'seconds'} is over.`
        };
      case 'overrun':
        return { status: 'error', error: 'Stopped: far too much output.' };
      default:
        if (end.kind === 'lost') {
          return { status: 'error', error: this.#supply.disposed ? 'It was closed' : CRASHED };
        }
        return { status: end.error === null ? 'ok' : 'error', error: end.error };
    }
  }
}

/** A promise, and how to resolve it from outside. */
function once<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>(resolve => {
    settle = resolve;
  });
  return { promise, resolve: value => settle(value) };
}
