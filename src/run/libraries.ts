/** Files of the runtime that only some programs ask for, by asset name. */
import { fetchAssets, findRuntime } from './assets';
import type { PackageFiles } from './messages';

/** Brings what programs import; `progress` is called with a label and the share that has arrived. */
export interface PackageSource {
  bring(
    modules: readonly string[],
    progress: (label: string, share: number) => void
  ): Promise<PackageFiles>;
}

/** The libraries of a runtime build. */
export class Libraries implements PackageSource {
  readonly #base: string;
  readonly #names: readonly string[];
  readonly #files = new Map<string, Promise<ArrayBuffer>>();

  /** `base` is the absolute URL of the directory that has `version.json`; programs get `names` only. */
  constructor(base: string, names: readonly string[]) {
    this.#base = base;
    this.#names = names;
  }

  async bring(
    modules: readonly string[],
    progress: (label: string, share: number) => void
  ): Promise<PackageFiles> {
    const names = this.#names.filter(name => modules.includes(name));
    const files = names.map(async (name): Promise<[string, ArrayBuffer]> => {
      const known = this.#files.get(name);
      const fetching = known ?? this.#fetch(name, share => progress(LABEL, share));
      this.#files.set(name, fetching);
      // The next call tries again.
      fetching.catch(() => this.#files.delete(name));
      return [name, await fetching];
    });
    return { files: Object.fromEntries(await Promise.all(files)), modules: names, note: '' };
  }

  async #fetch(name: string, onProgress: (share: number) => void): Promise<ArrayBuffer> {
    const runtime = await findRuntime(this.#base);
    const { [name]: bytes } = fetchAssets(runtime, [name], onProgress);
    return bytes ?? Promise.reject(new Error(`${name} is missing`));
  }
}

const LABEL = 'Loading the modules of Node…';
