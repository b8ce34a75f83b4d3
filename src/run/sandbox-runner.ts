/**
 * The Runner of one language: runs one program at a time, in a sandbox, within its limits.
 *
 * Each program has a worker of its own, which is killed at the end. So no program finds state of an
 * earlier one, and an endless loop can be stopped like any other program. The next worker starts
 * meanwhile, so that the next run starts at once. Only the worker of a run that keeps its state
 * stays, for the next such run.
 */
import type { Chunk } from '../protocol/wire';
import type { RunOutcome, RunRequest, Runner, RunnerState } from '../client/runner';
import { MAX_WAIT, RunClock } from './run-clock';
import { OutputLimiter, type Overrun } from './output-limiter';
import type { SandboxLanguage } from './languages';
import type { PackageFiles } from './messages';
import type { PackageSource } from './libraries';
import type { ProgramHost, SandboxWorker, WorkerEnd } from './sandbox-worker';
import { WorkerPool } from './worker-pool';

const CRASHED =
  'The program crashed its sandbox, most likely because it ran out of memory. ' +
  'Nothing else was harmed: you can run again.';
const STATE_LOST = 'What earlier runs left behind is gone with it: the next run starts afresh.\n';

/**
 * Milliseconds into a run after which the next worker is started. A shorter run has the processor for
 * itself, and the next worker starts at its end.
 */
const SPARE_AFTER = 50;

/** The reason why the page ended a run. */
type Ending = 'stopped' | 'timeout' | 'waited-too-long' | Overrun;

export class SandboxRunner implements Runner {
  readonly #language: SandboxLanguage;
  readonly #pool: WorkerPool;
  readonly #packages: PackageSource;
  #current: SandboxWorker | null = null;
  /** The worker with the state of the last run that keeps it. */
  #kept: SandboxWorker | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** `base` is the absolute URL of the directory that has `version.json`. */
  constructor(language: SandboxLanguage, base: string, packages: PackageSource) {
    this.#language = language;
    this.#pool = new WorkerPool(language, base);
    this.#packages = packages;
  }

  get state(): RunnerState {
    return this.#pool.state;
  }

  get input(): Runner['input'] {
    return this.#language.input();
  }

  subscribe(listener: () => void): () => void {
    return this.#pool.subscribe(listener);
  }

  prepare(): void {
    if (this.state.phase === 'idle' || this.state.phase === 'failed') {
      this.#pool.replenish();
    }
  }

  run(request: RunRequest, output: (chunk: Chunk) => void, stop: AbortSignal): Promise<RunOutcome> {
    const turn = this.#queue.then(() => this.#run(request, output, stop));
    this.#queue = turn;
    return turn;
  }

  dispose(): void {
    this.#pool.dispose();
    this.#current?.kill();
    this.#kept?.kill();
  }

  async #run(
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stop: AbortSignal
  ): Promise<RunOutcome> {
    const stopped = once<Ending>();
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

  /** The worker with the kept state, where the run wants that and there is one; else a new one. */
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
    return this.#pool.take(stop);
  }

  async #execute(
    worker: SandboxWorker,
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stopped: Promise<Ending>
  ): Promise<RunOutcome> {
    const { main = this.#language.main, code, files = {}, timeLimit } = request;
    const { stdin = null, keepState = false } = request;
    this.#current = worker;
    const ending = once<Ending>();
    const spare = setTimeout(() => this.#pool.replenish(), SPARE_AFTER);
    const limiter = new OutputLimiter(output, of => ending.resolve(of));
    const clock = new RunClock(
      timeLimit,
      () => ending.resolve('timeout'),
      () => ending.resolve('waited-too-long')
    );
    const end = await Promise.race([
      worker.execute(
        { main, code, files, stdin, keepState },
        this.#host(worker, request, limiter, clock)
      ),
      ending.promise,
      stopped
    ]);
    clock.stop();
    const durationMs = Math.round(clock.elapsed);
    limiter.close();
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
    if (!this.#pool.disposed) {
      this.#pool.replenish();
    }
    return { ...this.#judge(end, timeLimit), durationMs };
  }

  #host(
    worker: SandboxWorker,
    { ask }: RunRequest,
    limiter: OutputLimiter,
    clock: RunClock
  ): ProgramHost {
    // A program needs packages once, before it starts. Later waiting for packages counts as its time.
    let installed = this.#language.packages.length === 0;
    return {
      output: chunk => limiter.pass(chunk),
      ...(ask &&
        this.input === 'live' && {
          ask: prompt => limiter.question(prompt, each => clock.during(ask(each)))
        }),
      need: modules => {
        if (!installed) {
          installed = true;
          void clock.during(this.#installPackages(worker, modules));
        }
      }
    };
  }

  /** Install the packages that a program imports, in its worker and in later ones. */
  async #installPackages(worker: SandboxWorker, modules: readonly string[]): Promise<void> {
    const packages = await this.#bring(modules);
    if (packages.modules.length > 0) {
      this.#pool.expect(packages);
    }
    if (!worker.has(packages)) {
      const names = new Set(packages.modules.map(name => name.split('.')[0]));
      this.#pool.announce(`Importing ${[...names].join(', ')}…`, null);
    }
    await worker.installPackages(packages);
    this.#pool.announce(null, null);
  }

  async #bring(modules: readonly string[]): Promise<PackageFiles> {
    try {
      return await this.#packages.bring(modules, (label, share) =>
        this.#pool.announce(label, share)
      );
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      return { files: {}, modules: [], note };
    }
  }

  #judge(end: WorkerEnd | Ending, timeLimit: number): Omit<RunOutcome, 'durationMs'> {
    const seconds = timeLimit / 1000;
    switch (end) {
      case 'stopped':
        return { status: 'stopped', error: null };
      case 'timeout':
        return {
          status: 'timeout',
          error: `Stopped: the time limit of ${seconds} ${seconds === 1 ? 'second' : 'seconds'} is over.`
        };
      case 'waited-too-long':
        return {
          status: 'timeout',
          error: `Stopped: it waited for ${MAX_WAIT / 60_000} minutes in all, and may wait no longer.`
        };
      case 'output':
        return { status: 'error', error: 'Stopped: far too much output.' };
      case 'questions':
        return { status: 'error', error: 'Stopped: far too many questions.' };
      default:
        if (end.kind === 'lost') {
          const error = this.#pool.disposed ? 'It was closed' : (end.reason ?? CRASHED);
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
