/**
 * Packages for Python, from a directory of wheels with a `pyodide-lock.json`: the one in the
 * installation, or a mirror of a Pyodide release. A sandbox may fetch nothing. So the page fetches,
 * and hands on only files with the checksum of the lock file.
 */
import { isRecord } from '../protocol/json';
import type { PackageFiles } from './messages';

/** Called with the package that is being fetched, and the share that has arrived, 0 to 1. */
type Progress = (label: string, share: number) => void;

interface Entry {
  name: string;
  file: string;
  /** Its checksum, as `fetch` takes it: the browser then accepts no other file. */
  integrity: string;
  imports: readonly string[];
  depends: readonly string[];
}

const LOCK_FILE = 'pyodide-lock.json';
const NONE =
  "Python's own library is; this installation has no packages. Whoever runs it can add some.";
/** Names in the note; a whole Pyodide release has hundreds. */
const NAMED = 30;

export class Packages {
  readonly #base: URL;
  #lock: Promise<ReadonlyMap<string, Entry>> | null = null;
  readonly #wheels = new Map<string, Promise<ArrayBuffer>>();

  /** `base` is the directory, with a slash at its end. */
  constructor(base: URL) {
    this.#base = base;
  }

  /**
   * Fetch the packages that have `modules` (their names may have dots), and their dependencies. Names
   * that no package has are skipped. Raises `Error` with a message for people where a package cannot
   * be fetched.
   */
  async bring(modules: readonly string[], progress: Progress): Promise<PackageFiles> {
    const packages = await this.#entries();
    const provides = ({ imports }: Entry, name: string): boolean =>
      imports.includes(name.split('.')[0] ?? '');
    const named = [...packages.values()].filter(entry =>
      modules.some(name => provides(entry, name))
    );
    const wanted = closure(packages, named);
    const lacking = new Set(wanted.filter(({ file }) => !this.#wheels.has(file)));
    const total = lacking.size;
    const tell = (): void => {
      const [next] = lacking;
      if (next !== undefined) {
        progress(`Loading ${next.name}…`, (total - lacking.size) / total);
      }
    };
    tell();
    const files = await Promise.all(
      wanted.map(async (entry): Promise<[string, ArrayBuffer]> => {
        const bytes = await this.#wheel(entry);
        lacking.delete(entry);
        tell();
        return [entry.file, bytes];
      })
    );
    return {
      files: Object.fromEntries(files),
      modules: modules.filter(name => named.some(entry => provides(entry, name))),
      note: noteOn([...packages.keys()])
    };
  }

  #entries(): Promise<ReadonlyMap<string, Entry>> {
    if (this.#lock === null) {
      const loading = this.#fetchLock();
      // The next call tries again.
      loading.catch(() => {
        this.#lock = null;
      });
      this.#lock = loading;
    }
    return this.#lock;
  }

  async #fetchLock(): Promise<ReadonlyMap<string, Entry>> {
    const url = new URL(LOCK_FILE, this.#base);
    const response = await fetch(url, { cache: 'no-store', credentials: 'omit' }).catch(() => null);
    if (response?.status === 404) {
      return new Map();
    }
    if (!response?.ok) {
      throw new Error(unreached(url, response?.status ?? 'no answer'));
    }
    const lock: unknown = await response.json().catch(() => null);
    if (!isRecord(lock)) {
      throw new Error(unreached(url, 'no list of packages'));
    }
    return readLock(lock);
  }

  /** A wheel's bytes; fetched again only after a failure. */
  #wheel(entry: Entry): Promise<ArrayBuffer> {
    const known = this.#wheels.get(entry.file);
    if (known !== undefined) {
      return known;
    }
    const fetching = this.#fetchWheel(entry);
    fetching.catch(() => this.#wheels.delete(entry.file));
    this.#wheels.set(entry.file, fetching);
    return fetching;
  }

  async #fetchWheel({ name, file, integrity }: Entry): Promise<ArrayBuffer> {
    const url = new URL(file, this.#base);
    const response = await fetch(url, { credentials: 'omit', integrity }).catch(async () => {
      // The browser does not tell a missing file from one with another checksum.
      const came = await fetch(url, { credentials: 'omit' }).catch(() => null);
      await came?.body?.cancel();
      if (came?.ok) {
        throw new Error(`${name} is not what its checksum says: it was not used`);
      }
      return came;
    });
    if (!response?.ok) {
      throw new Error(`${name} could not be loaded (${response?.status ?? 'no answer'})`);
    }
    return response.arrayBuffer();
  }
}

/** The packages of a lock file, by name. Entries without a checksum are skipped. */
function readLock(lock: unknown): ReadonlyMap<string, Entry> {
  const packages = new Map<string, Entry>();
  for (const value of Object.values(fieldOf(lock, 'packages') ?? {})) {
    const [name, file, sha256] = ['name', 'file_name', 'sha256'].map(key => fieldOf(value, key));
    if (typeof name === 'string' && typeof file === 'string' && isChecksum(sha256)) {
      packages.set(normal(name), {
        name,
        file,
        integrity: `sha256-${base64(sha256)}`,
        imports: texts(fieldOf(value, 'imports')),
        depends: texts(fieldOf(value, 'depends')).map(normal)
      });
    }
  }
  return packages;
}

function fieldOf(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}

/** `entries` and all their dependencies, each after its own dependencies. */
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
  const there = `Python's own library is, and ${names.slice(0, NAMED).join(', ')}${more}.`;
  return `${there} Whoever runs this installation can add more.`;
}

/** The message for people where the lock file cannot be read. */
function unreached({ href }: URL, why: string | number): string {
  return (
    `Where packages come from could not be reached: ${href} (${why}). The browser's console may say ` +
    'more; whoever runs this installation can look at that address, which is a setting of theirs.'
  );
}

function isChecksum(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function base64(hex: string): string {
  return btoa(hex.replace(/../g, byte => String.fromCharCode(parseInt(byte, 16))));
}

/** A package's name, normalised as in PEP 503. */
function normal(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
