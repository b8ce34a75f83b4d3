/**
 * Worker pool of one language: loads the runtime, keeps a sandbox open and spare workers warm.
 *
 * The files, the frame and the worker are each made on demand, and forgotten when they fail or are
 * lost. So the next request is the whole recovery.
 */
import type { RunnerState } from '../client/runner';
import { fetchAssets, findRuntime } from './assets';
import { canSuspend, type SandboxLanguage } from './languages';
import type { PackageFiles } from './messages';
import { Sandbox, type SandboxContent } from './sandbox';
import { StartError, type SandboxWorker } from './sandbox-worker';

export class WorkerPool {
  readonly #language: SandboxLanguage;
  readonly #base: string;
  readonly #listeners = new Set<() => void>();
  #state: RunnerState = { phase: 'idle' };
  #content: Promise<{ url: string; content: SandboxContent }> | null = null;
  #sandbox: Promise<Sandbox> | null = null;
  /** Workers that wait for programs or start, the oldest first. */
  #spares: SandboxWorker[] = [];
  #expected: PackageFiles | null = null;
  /** The file that workers no longer get, because a worker did not start with it. */
  #without: string | null = null;
  /** A run waits for announced work. A replenishment that was requested meanwhile is postponed. */
  #announced = false;
  #postponed = false;
  #disposed = false;

  /** `base` is the absolute URL of the directory that has `version.json`. */
  constructor(language: SandboxLanguage, base: string) {
    this.#language = language;
    this.#base = base;
  }

  get state(): RunnerState {
    return this.#state;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Take a worker that is ready to run; null where `unwanted` was aborted meanwhile, and then it stays
   * a spare one. Raises `Error` with a message for people where none starts.
   */
  async take(unwanted: AbortSignal): Promise<SandboxWorker | null> {
    const worker = await this.#warm(true);
    if (unwanted.aborted) {
      return null;
    }
    this.#spares = this.#spares.filter(each => each !== worker);
    return worker;
  }

  /**
   * Start workers for the next `take`s; `state` has the progress and the failure. The first worker of
   * all starts alone, because a run may wait for it.
   */
  replenish(): void {
    if (this.#announced) {
      this.#postponed = true;
      return;
    }
    if (this.#state.phase === 'ready') {
      this.#fill().catch(() => undefined);
    }
    this.#warm(false)
      .then(() => this.#fill())
      .catch(() => undefined);
  }

  /** Install these packages in later workers, too: a program that used them will run again. */
  expect(packages: PackageFiles): void {
    this.#expected = packages;
  }

  /** Show other work that a run waits for; null when that is finished. */
  announce(label: string | null, progress: number | null): void {
    this.#announced = label !== null;
    this.#setState(label === null ? { phase: 'ready' } : { phase: 'loading', label, progress });
    if (label === null && this.#postponed) {
      this.#postponed = false;
      this.replenish();
    }
  }

  /** End every worker and free everything that was loaded. */
  dispose(): void {
    this.#setState({ phase: 'idle' });
    this.#listeners.clear();
    this.#disposed = true;
    // A sandbox that fails to open removes itself.
    this.#sandbox?.then(
      sandbox => sandbox.dispose(),
      () => undefined
    );
    this.#sandbox = null;
    this.#content = null;
    this.#spares = [];
  }

  /**
   * Start the spare workers that are missing. Workers with packages take seconds and much memory: of
   * these there is one.
   */
  async #fill(): Promise<void> {
    const sandbox = await this.#open();
    this.#spares = this.#spares.filter(each => !each.dead);
    while (this.#expected === null && this.#spares.length < this.#language.spares()) {
      this.#spares.push(sandbox.spawn(this.#without));
    }
  }

  /** A spare worker, when it is ready; it stays a spare one until it is taken. */
  async #warm(urgent: boolean): Promise<SandboxWorker> {
    try {
      const sandbox = await this.#open();
      const without = this.#without;
      const alive = this.#spares.filter(each => !each.dead);
      const worker = alive.find(each => !each.busy) ?? alive[0] ?? sandbox.spawn(without);
      this.#spares = alive.includes(worker) ? alive : [worker];
      const packages = this.#expected;
      const waits = worker.busy || (packages !== null && !worker.has(packages));
      // The replacement of a used worker shows only when a run waits for it.
      if (waits && (urgent || this.#state.phase !== 'ready')) {
        const label = `Starting ${this.#language.name}…`;
        this.#setState({ phase: 'loading', label, progress: null });
      }
      try {
        await worker.ready;
      } catch (error) {
        const { snapshot } = this.#language;
        if (!(error instanceof StartError) || snapshot === null || without === snapshot) {
          throw error;
        }
        // Not every browser can start from a memory snapshot. Without it the start is slower.
        this.#without = snapshot;
        return await this.#warm(urgent);
      }
      if (packages !== null && !(await worker.installPackages(packages))) {
        // A worker without them is better than none.
        this.#expected = null;
        worker.kill();
        return await this.#warm(urgent);
      }
      this.#setState({ phase: 'ready' });
      return worker;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#setState({ phase: 'failed', message });
      throw error;
    }
  }

  #open(): Promise<Sandbox> {
    if (this.#disposed) {
      return Promise.reject(new Error('It was closed'));
    }
    if (this.#sandbox === null) {
      const opening = this.#load().then(({ url, content }) => Sandbox.open(url, content));
      const forget = (): void => {
        if (this.#sandbox === opening) {
          this.#sandbox = null;
          this.#spares = [];
        }
      };
      opening.then(
        sandbox => void sandbox.lost.then(forget),
        () => {
          forget();
          this.#content = null;
        }
      );
      this.#sandbox = opening;
    }
    return this.#sandbox;
  }

  #load(): Promise<{ url: string; content: SandboxContent }> {
    this.#content ??= this.#fetch();
    return this.#content;
  }

  /** Begin to fetch; resolves when the version and the files of it are known. */
  async #fetch(): Promise<{ url: string; content: SandboxContent }> {
    const label = `Loading ${this.#language.name}…`;
    this.#setState({ phase: 'loading', label, progress: 0 });
    const runtime = await findRuntime(this.#base);
    const { script, wasm, snapshot } = this.#language;
    const usable = snapshot !== null && snapshot in runtime.assets && canSuspend();
    const files = [...this.#language.files, ...(usable ? [snapshot] : [])];
    const names = [script, ...(wasm === null ? [] : [wasm]), ...files];
    let shown = 0;
    const assets = fetchAssets(runtime, names, (share, size) => {
      if (share - shown >= 0.01) {
        shown = share;
        this.#setState({ phase: 'loading', label, progress: share, size });
      }
    });
    const asset = (name: string): Promise<ArrayBuffer> =>
      assets[name] ?? Promise.reject(new Error(`${name} is missing`));
    const filed = files.map(name =>
      asset(name).then(
        (bytes): [string, ArrayBuffer][] => [[name, bytes]],
        (error: unknown) => {
          // Without its memory snapshot a worker only starts slower.
          if (name === snapshot) {
            return [];
          }
          throw error;
        }
      )
    );
    return {
      url: `${runtime.url}sandbox.html`,
      content: {
        script: asset(script),
        wasm: wasm === null ? null : asset(wasm),
        files: Promise.all(filed).then(all => Object.fromEntries(all.flat()))
      }
    };
  }

  #setState(state: RunnerState): void {
    const unchanged = state.phase === 'ready' && this.#state.phase === 'ready';
    if (this.#disposed || unchanged) {
      return;
    }
    this.#state = state;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
