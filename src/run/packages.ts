/**
 * Packages for Python, from a directory of wheels with a `pyodide-lock.json`: the one in the
 * installation, or a mirror of a Pyodide release. A sandbox may fetch nothing, so the page does,
 * and hands on only what has the checksum that the lock file says.
 */

/** What a program gets: wheels by their file names, and a word on what else there is. */
export interface PackageFiles {
  files: Record<string, ArrayBuffer>;
  note: string;
}

/** Hears what is being fetched, and the share of it that is there, 0 to 1. */
export type Progress = (label: string, share: number) => void;

interface Entry {
  name: string;
  file: string;
  sha256: string;
  imports: readonly string[];
  depends: readonly string[];
}

const LOCK_FILE = 'pyodide-lock.json';
const NONE = "Python's own library is; this installation has no packages.";
/** Names in the note; a whole Pyodide release has hundreds. */
const NAMED = 30;

export class Packages {
  readonly #base: URL;
  #lock: Promise<ReadonlyMap<string, Entry>> | null = null;
  readonly #wheels = new Map<string, ArrayBuffer>();

  /** `base` is the directory, with a slash at its end. */
  constructor(base: URL) {
    this.#base = base;
  }

  /**
   * Fetch what has `modules`, and what that depends on. Names that no package has are passed over.
   * Raises `Error`, with words for people, where a package cannot be had.
   */
  async bring(modules: readonly string[], progress: Progress): Promise<PackageFiles> {
    const packages = await this.#entries();
    const names = [...packages.values()].filter(({ imports }) =>
      imports.some(name => modules.includes(name))
    );
    const files: Record<string, ArrayBuffer> = {};
    const wanted = closure(packages, names);
    for (const [done, entry] of wanted.entries()) {
      progress(`Loading ${entry.name}…`, done / wanted.length);
      files[entry.file] = await this.#wheel(entry);
    }
    return { files, note: noteOn([...packages.keys()]) };
  }

  #entries(): Promise<ReadonlyMap<string, Entry>> {
    if (this.#lock === null) {
      const loading = this.#fetchLock();
      // A server that did not answer may do so next time.
      loading.catch(() => {
        this.#lock = null;
      });
      this.#lock = loading;
    }
    return this.#lock;
  }

  async #fetchLock(): Promise<ReadonlyMap<string, Entry>> {
    const response = await fetch(new URL(LOCK_FILE, this.#base), {
      cache: 'no-store',
      credentials: 'omit'
    });
    return response.ok ? readLock(await response.json()) : new Map();
  }

  async #wheel({ name, file, sha256 }: Entry): Promise<ArrayBuffer> {
    const known = this.#wheels.get(file);
    if (known !== undefined) {
      return known;
    }
    const response = await fetch(new URL(file, this.#base), { credentials: 'omit' });
    if (!response.ok) {
      throw new Error(`${name} could not be loaded (${response.status})`);
    }
    const bytes = await response.arrayBuffer();
    if ((await checksum(bytes)) !== sha256) {
      throw new Error(`${name} is not what its checksum says: it was not used`);
    }
    this.#wheels.set(file, bytes);
    return bytes;
  }
}

/** The packages of a lock file, by name. What is no package of ours is passed over. */
function readLock(lock: unknown): ReadonlyMap<string, Entry> {
  const packages = new Map<string, Entry>();
  for (const value of Object.values(fieldOf(lock, 'packages') ?? {})) {
    const [name, file, sha256] = ['name', 'file_name', 'sha256'].map(key => fieldOf(value, key));
    if (typeof name === 'string' && typeof file === 'string' && typeof sha256 === 'string') {
      const imports = texts(fieldOf(value, 'imports'));
      packages.set(name, {
        name,
        file,
        sha256,
        imports,
        depends: texts(fieldOf(value, 'depends'))
      });
    }
  }
  return packages;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}

/** `entries` and all that they depend on, each after what it needs. */
function closure(packages: ReadonlyMap<string, Entry>, entries: readonly Entry[]): Entry[] {
  const seen = new Set<Entry>();
  const ordered: Entry[] = [];
  const add = (entry: Entry | undefined): void => {
    if (entry === undefined || seen.has(entry)) {
      return;
    }
    seen.add(entry);
    entry.depends.forEach(name => add(packages.get(name)));
    ordered.push(entry);
  };
  entries.forEach(add);
  return ordered;
}

function noteOn(names: readonly string[]): string {
  if (names.length === 0) {
    return NONE;
  }
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `Python's own library is, and ${names.slice(0, NAMED).join(', ')}${more}.`;
}

async function checksum(bytes: ArrayBuffer): Promise<string> {
  if (!('subtle' in crypto)) {
    throw new Error('Packages need a page that came over https, to check what arrives');
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
