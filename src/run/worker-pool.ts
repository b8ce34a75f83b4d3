/**
 * One language's supply of workers: loads the runtime, keeps a sandbox open and one worker warm.
 *
 * Each layer is made on demand and forgotten when it fails or is lost, so that asking again is all
 * there is to recovery: the files, then the frame around them, then a worker inside.
 */
import type { RunnerState } from '../client/runner';
import { fetchAssets, findRuntime } from './assets';
import { canSuspend, type SandboxLanguage } from './languages';
import type { PackageFiles } from './messages';
import { Sandbox, StartError, type SandboxContent, type SandboxWorker } from './sandbox';

export class WorkerPool {
  readonly #language: SandboxLanguage;
  readonly #base: string;
  readonly #listeners = new Set<() => void>();
  #state: RunnerState = { phase: 'idle' };
  #content: Promise<{ url: string; content: SandboxContent }> | null = null;
  #sandbox: Promise<Sandbox> | null = null;
  #next: SandboxWorker | null = null;
  #expected: PackageFiles | null = null;
  /** A file that workers do without, because one did not start with it. */
  #without: string | null = null;
  /** A run waits for what is announced; a worker that was to come meanwhile comes after that. */
  #announced = false;
  #owed = false;
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
   * Take a worker that is ready to run; null where nobody wants it any more, and it stays the next
   * one. Raises `Error`, with words for people, if none can be had.
   */
  async take(unwanted: AbortSignal): Promise<SandboxWorker | null> {
    const worker = await this.#warm(true);
    if (unwanted.aborted) {
      return null;
    }
    this.#next = null;
    return worker;
  }

  /** Have a worker ready for the next `take`; `state` tells how far that is, and what goes wrong. */
  replenish(): void {
    if (this.#announced) {
      this.#owed = true;
      return;
    }
    this.#warm(false).catch(() => undefined);
  }

  /** Have these packages in the workers to come: who used them once will do so again. */
  expect(packages: PackageFiles): void {
    this.#expected = packages;
  }

  /** Say what else is being loaded, for a run that waits for it; null once it is there. */
  announce(label: string | null, progress: number | null): void {
    this.#announced = label !== null;
    this.#setState(label === null ? { phase: 'ready' } : { phase: 'loading', label, progress });
    if (label === null && this.#owed) {
      this.#owed = false;
      this.replenish();
    }
  }

  /** End every worker and free what was loaded. */
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
    this.#next = null;
  }

  /** A worker that is ready, and stays the next one until it is taken. */
  async #warm(urgent: boolean): Promise<SandboxWorker> {
    try {
      const sandbox = await this.#open();
      const without = this.#without;
      if (this.#next === null || this.#next.dead) {
        this.#next = sandbox.spawn(without);
      }
      const worker = this.#next;
      const packages = this.#expected;
      const waits = worker.busy || (packages !== null && !worker.has(packages));
      // That a used worker is replaced behind the scenes is nobody's business, until a run waits.
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
        // Not every browser's engine takes every image: slowly is better than not at all.
        this.#without = snapshot;
        return await this.#warm(urgent);
      }
      if (packages !== null && !(await worker.furnish(packages))) {
        // Better a worker that lacks them than none.
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
          this.#next = null;
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

  /** Begin to fetch; resolves when it is known what. */
  async #fetch(): Promise<{ url: string; content: SandboxContent }> {
    const label = `Loading ${this.#language.name}…`;
    this.#setState({ phase: 'loading', label, progress: 0 });
    const runtime = await findRuntime(this.#base);
    const { script, wasm, snapshot } = this.#language;
    const usable = snapshot !== null && snapshot in runtime.assets && canSuspend();
    const files = [...this.#language.files, ...(usable ? [snapshot] : [])];
    const names = [script, ...(wasm === null ? [] : [wasm]), ...files];
    let shown = 0;
    const assets = fetchAssets(runtime, names, share => {
      if (share - shown >= 0.01) {
        shown = share;
        this.#setState({ phase: 'loading', label, progress: share });
      }
    });
    const asset = (name: string): Promise<ArrayBuffer> =>
      assets[name] ?? Promise.reject(new Error(`${name} is missing`));
    const filed = files.map(name =>
      asset(name).then(
        (bytes): [string, ArrayBuffer][] => [[name, bytes]],
        (error: unknown) => {
          // Without its snapshot a worker takes longer, and that is all.
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
