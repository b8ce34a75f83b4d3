/**
 * The Runner of one language: loads its runtime, keeps a warm worker, runs one program at a time.
 *
 * Stopping means killing: a loop in WebAssembly or JavaScript hears no request. So a killed worker
 * is replaced, and a spare is kept where that pays, for the next run to start at once.
 */
import type { Chunk } from '../core/protocol';
import { LIMITS } from '../core/protocol';
import type { RunOutcome, RunRequest, Runner, RunnerState } from '../core/runner';
import { fetchAssets, findRuntime } from './assets';
import { DISPLAY_LIMIT } from './messages';
import { Sandbox, type SandboxContent, type SandboxWorker } from './sandbox';

/** What a language needs to run in a sandbox. */
export interface SandboxLanguage {
  /** Its name for people. */
  name: string;
  /** Asset names: the worker's script, WebAssembly to compile, and files for each worker. */
  script: string;
  wasm: string | null;
  files: readonly string[];
  /**
   * Milliseconds into a run after which a spare worker is started. A cheap one starts at once; an
   * expensive one only when the run looks like one that will have to be stopped.
   */
  spareAfter: number;
}

const CRASHED =
  'The program crashed its sandbox, most likely because it ran out of memory. ' +
  'Nothing else was harmed: you can run again.';

type Loaded = { url: string; content: SandboxContent };

export class SandboxRunner implements Runner {
  readonly #language: SandboxLanguage;
  readonly #base: string;
  readonly #listeners = new Set<() => void>();
  #state: RunnerState = { phase: 'idle' };
  #loaded: Promise<Loaded> | null = null;
  #sandbox: Promise<Sandbox> | null = null;
  #workers: SandboxWorker[] = [];
  #current: SandboxWorker | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** `base` is the absolute URL of the directory that has `version.json`. */
  constructor(language: SandboxLanguage, base: string) {
    this.#language = language;
    this.#base = base;
  }

  get state(): RunnerState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  prepare(): void {
    if (this.#state.phase === 'idle' || this.#state.phase === 'failed') {
      this.#prepareNext();
    }
  }

  run(
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stop: AbortSignal
  ): Promise<RunOutcome> {
    const turn = this.#queue.then(() => this.#run(request, output, stop));
    this.#queue = turn;
    return turn;
  }

  dispose(): void {
    this.#disposed = true;
    this.#current?.kill();
    this.#workers = [];
    // A sandbox that fails to open removes itself.
    this.#sandbox?.then(
      sandbox => sandbox.dispose(),
      () => undefined
    );
    this.#sandbox = null;
    this.#loaded = null;
    this.#setState({ phase: 'idle' });
    this.#listeners.clear();
  }

  async #run(
    request: RunRequest,
    output: (chunk: Chunk) => void,
    stop: AbortSignal
  ): Promise<RunOutcome> {
    const stopped = whenAborted(stop);
    const acquired = await Promise.race([this.#acquire(), stopped.promise]);
    if (acquired === 'aborted') {
      stopped.cancel();
      return { status: 'stopped', error: null, durationMs: 0 };
    }
    if (acquired instanceof Error) {
      stopped.cancel();
      return {
        status: 'error',
        error: `${this.#language.name} could not be started: ${acquired.message}`,
        durationMs: 0
      };
    }
    const worker = acquired;
    this.#workers = this.#workers.filter(other => other !== worker);
    this.#current = worker;
    const started = performance.now();
    const limit = whenOver(request.timeLimit);
    const flood = new Gate(output);
    const spare = setTimeout(() => this.#spawnSpare(), this.#language.spareAfter);
    const end = await Promise.race([
      worker.execute(request.code, chunk => flood.pass(chunk)),
      flood.overrun,
      limit.promise,
      stopped.promise
    ]);
    const durationMs = Math.round(performance.now() - started);
    flood.close();
    clearTimeout(spare);
    limit.cancel();
    stopped.cancel();
    this.#current = null;
    if (typeof end === 'object' && end.kind === 'done' && end.reusable && !this.#disposed) {
      this.#workers.unshift(worker);
    } else {
      worker.kill();
      this.#prepareNext();
    }
    if (end === 'aborted') {
      return { status: 'stopped', error: null, durationMs };
    }
    if (end === 'over') {
      const seconds = request.timeLimit / 1000;
      return {
        status: 'timeout',
        error: `Stopped: the time limit of ${seconds} ${seconds === 1 ? 'second' : 'seconds'} is over.`,
        durationMs
      };
    }
    if (end === 'overrun') {
      return { status: 'error', error: 'Stopped: far too much output.', durationMs };
    }
    if (end.kind === 'lost') {
      return { status: 'error', error: this.#disposed ? 'Ended' : CRASHED, durationMs };
    }
    return { status: end.error === null ? 'ok' : 'error', error: end.error, durationMs };
  }

  /** A worker that is ready to run, or the `Error` why there is none. */
  async #acquire(): Promise<SandboxWorker | Error> {
    if (this.#disposed) {
      return new Error('it was closed');
    }
    try {
      return await this.#warm();
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Load what is missing until one worker is ready; `state` follows. */
  async #warm(): Promise<SandboxWorker> {
    try {
      const sandbox = await this.#open();
      this.#workers = this.#workers.filter(worker => !worker.dead);
      const worker = this.#workers[0] ?? sandbox.spawn();
      if (!this.#workers.includes(worker)) {
        this.#workers.push(worker);
      }
      if (worker.busy) {
        this.#setState({
          phase: 'loading',
          label: `Starting ${this.#language.name}…`,
          progress: null
        });
      }
      await worker.ready;
      this.#setState({ phase: 'ready' });
      return worker;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#setState({ phase: 'failed', message });
      throw error;
    }
  }

  /** Have a worker ready for the next run; `state` tells how far that is, and what goes wrong. */
  #prepareNext(): void {
    if (!this.#disposed) {
      this.#warm().catch(() => undefined);
    }
  }

  #spawnSpare(): void {
    if (this.#workers.length === 0 && this.#sandbox !== null) {
      this.#sandbox.then(
        sandbox => {
          if (this.#workers.length === 0 && !this.#disposed) {
            this.#workers.push(sandbox.spawn());
          }
        },
        // The run that is going on tells about a sandbox that is gone.
        () => undefined
      );
    }
  }

  #open(): Promise<Sandbox> {
    this.#sandbox ??= this.#load().then(
      async ({ url, content }) => {
        const sandbox = await Sandbox.open(url, content);
        void sandbox.lost.then(() => {
          this.#sandbox = null;
          this.#workers = [];
          if (!this.#disposed && this.#current === null) {
            this.#setState({ phase: 'idle' });
          }
        });
        if (this.#disposed) {
          sandbox.dispose();
        }
        return sandbox;
      }
    );
    const opening = this.#sandbox;
    opening.catch(() => {
      if (this.#sandbox === opening) {
        this.#sandbox = null;
      }
    });
    return opening;
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= this.#fetch();
    const loading = this.#loaded;
    loading.catch(() => {
      if (this.#loaded === loading) {
        this.#loaded = null;
      }
    });
    return loading;
  }

  async #fetch(): Promise<Loaded> {
    const label = `Loading ${this.#language.name}…`;
    this.#setState({ phase: 'loading', label, progress: 0 });
    const runtime = await findRuntime(this.#base);
    const { script, wasm, files } = this.#language;
    const names = [script, ...(wasm === null ? [] : [wasm]), ...files];
    let shown = 0;
    const assets = await fetchAssets(runtime, names, share => {
      if (share - shown >= 0.01 || share === 1) {
        shown = share;
        this.#setState({ phase: 'loading', label, progress: share });
      }
    });
    const bytes = (name: string): ArrayBuffer => assets.get(name) ?? new ArrayBuffer(0);
    return {
      url: `${runtime.url}sandbox.html`,
      content: {
        script: bytes(script),
        wasm: wasm === null ? null : bytes(wasm),
        files: Object.fromEntries(files.map(name => [name, bytes(name)]))
      }
    };
  }

  #setState(state: RunnerState): void {
    if (this.#state.phase === state.phase && state.phase !== 'loading' && state.phase !== 'failed') {
      return;
    }
    this.#state = state;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

/**
 * Passes a run's output on within its limits. The worker keeps to them by itself and says when it
 * cuts; one that does not is no longer our code, and its run is ended.
 */
class Gate {
  readonly overrun: Promise<'overrun'>;
  #declare: () => void = () => undefined;
  #output: ((chunk: Chunk) => void) | null;
  #left = LIMITS.output;
  #displays = DISPLAY_LIMIT;

  constructor(output: (chunk: Chunk) => void) {
    this.#output = output;
    this.overrun = new Promise(resolve => {
      this.#declare = () => resolve('overrun');
    });
  }

  pass(chunk: Chunk): void {
    this.#left -= chunk.data.length;
    this.#displays -= 'mime' in chunk ? 1 : 0;
    if (this.#left < 0 || this.#displays < 0) {
      this.close();
      this.#declare();
    } else {
      this.#output?.(chunk);
    }
  }

  close(): void {
    this.#output = null;
  }
}

function whenAborted(signal: AbortSignal): { promise: Promise<'aborted'>; cancel(): void } {
  let listener = (): void => undefined;
  const promise = new Promise<'aborted'>(resolve => {
    listener = () => resolve('aborted');
    signal.addEventListener('abort', listener);
    if (signal.aborted) {
      resolve('aborted');
    }
  });
  return { promise, cancel: () => signal.removeEventListener('abort', listener) };
}

function whenOver(milliseconds: number): { promise: Promise<'over'>; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const promise = new Promise<'over'>(resolve => {
    timer = setTimeout(() => resolve('over'), milliseconds);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
