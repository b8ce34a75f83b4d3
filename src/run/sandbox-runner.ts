/**
 * The Runner of one language: runs one program at a time, in a sandbox, within its limits.
 *
 * Each program has a worker of its own, which is killed at the end: so no program finds what an
 * earlier one left behind, and stopping (a loop hears no request) is nothing special. The next
 * worker comes up meanwhile, so that the next run starts at once. Only where a run is to keep its
 * state does its worker stay, for the next run that wants it.
 */
import type { Chunk } from '../protocol/wire';
import type { RunOutcome, RunRequest, Runner, RunnerState } from '../client/runner';
import { PATIENCE, RunClock } from './run-clock';
import { OutputLimiter, type Overrun } from './output-limiter';
import type { SandboxLanguage } from './languages';
import type { PackageFiles } from './messages';
import type { Packages } from './packages';
import type { SandboxWorker, Services, WorkerEnd } from './sandbox';
import { WorkerPool } from './worker-pool';

const CRASHED =
  'The program crashed its sandbox, most likely because it ran out of memory. ' +
  'Nothing else was harmed: you can run again.';
const STATE_LOST = 'What earlier runs left behind is gone with it: the next run starts afresh.\n';

/**
 * Milliseconds into a run after which the next worker is started, for who stops soon; what ends
 * before that has the processor for itself, and its successor starts at its end.
 */
const SPARE_AFTER = 50;

/** How a run was ended from this side. */
type Verdict = 'stopped' | 'timeout' | 'impatience' | Overrun;

export class SandboxRunner implements Runner {
  readonly #language: SandboxLanguage;
  readonly #supply: WorkerPool;
  readonly #packages: Packages;
  #current: SandboxWorker | null = null;
  /** What the last run that keeps its state left behind. */
  #kept: SandboxWorker | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** `base` is the absolute URL of the directory that has `version.json`. */
  constructor(language: SandboxLanguage, base: string, packages: Packages) {
    this.#language = language;
    this.#supply = new WorkerPool(language, base);
    this.#packages = packages;
  }

  get state(): RunnerState {
    return this.#supply.state;
  }

  get input(): Runner['input'] {
    return this.#language.input();
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
    this.#kept?.kill();
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
      const worker = await Promise.race([this.#worker(request, output, stop), stopped.promise]);
      return worker === null || typeof worker === 'string'
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

  /** The worker that keeps the state, where that is wanted and there is one; else a fresh one. */
  #worker(
    { keepState = false }: RunRequest,
    output: (chunk: Chunk) => void,
    stop: AbortSignal
  ): Promise<SandboxWorker | null> {
    const kept = this.#kept;
    this.#kept = null;
    if (keepState && kept?.dead === false) {
      return Promise.resolve(kept);
    }
    if (keepState && kept !== null) {
      output({ stream: 'stderr', data: 'What earlier runs left behind was lost.\n' });
    }
    kept?.kill();
    return this.#supply.take(stop);
  }

  async #execute(
    worker: SandboxWorker,
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stopped: Promise<Verdict>
  ): Promise<RunOutcome> {
    const { main = this.#language.main, code, files = {}, timeLimit } = request;
    const { stdin = null, keepState = false } = request;
    this.#current = worker;
    const verdict = once<Verdict>();
    const spare = setTimeout(() => this.#supply.replenish(), SPARE_AFTER);
    const gate = new OutputLimiter(output, of => verdict.resolve(of));
    const clock = new RunClock(
      timeLimit,
      () => verdict.resolve('timeout'),
      () => verdict.resolve('impatience')
    );
    const end = await Promise.race([
      worker.execute(
        { main, code, files, stdin, keepState },
        this.#services(worker, request, gate, clock)
      ),
      verdict.promise,
      stopped
    ]);
    clock.stop();
    const durationMs = Math.round(clock.elapsed);
    gate.close();
    clearTimeout(spare);
    this.#current = null;
    if (keepState && typeof end !== 'string' && end.kind === 'done' && !end.spent) {
      this.#kept = worker;
    } else {
      worker.kill();
      if (keepState) {
        output({ stream: 'stderr', data: STATE_LOST });
      }
    }
    if (!this.#supply.disposed) {
      this.#supply.replenish();
    }
    return { ...this.#judge(end, timeLimit), durationMs };
  }

  #services(
    worker: SandboxWorker,
    { ask }: RunRequest,
    gate: OutputLimiter,
    clock: RunClock
  ): Services {
    // A program needs packages once, before it starts: no other time is taken out of its own.
    let furnished = !this.#language.packages;
    return {
      output: chunk => gate.pass(chunk),
      ...(ask &&
        this.input === 'live' && {
          ask: prompt => gate.question(prompt, each => clock.during(ask(each)))
        }),
      need: modules => {
        if (!furnished) {
          furnished = true;
          void clock.during(this.#furnish(worker, modules));
        }
      }
    };
  }

  /** Give a worker the packages that its program imports, and the workers after it, too. */
  async #furnish(worker: SandboxWorker, modules: readonly string[]): Promise<void> {
    const packages = await this.#bring(modules);
    if (packages.modules.length > 0) {
      this.#supply.expect(packages);
    }
    if (!worker.has(packages)) {
      const names = new Set(packages.modules.map(name => name.split('.')[0]));
      this.#supply.announce(`Importing ${[...names].join(', ')}…`, null);
    }
    await worker.furnish(packages);
    this.#supply.announce(null, null);
  }

  async #bring(modules: readonly string[]): Promise<PackageFiles> {
    try {
      return await this.#packages.bring(modules, (label, share) =>
        this.#supply.announce(label, share)
      );
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      return { files: {}, modules: [], note };
    }
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
      case 'impatience':
        return {
          status: 'timeout',
          error: `Stopped: it waited for ${PATIENCE / 60_000} minutes in all, and may wait no longer.`
        };
      case 'output':
        return { status: 'error', error: 'Stopped: far too much output.' };
      case 'questions':
        return { status: 'error', error: 'Stopped: far too many questions.' };
      default:
        if (end.kind === 'lost') {
          const error = this.#supply.disposed ? 'It was closed' : (end.reason ?? CRASHED);
          return { status: 'error', error };
        }
        return {
          status: end.error === null ? 'ok' : 'error',
          error: end.error,
          ...(end.location && { location: end.location })
        };
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
