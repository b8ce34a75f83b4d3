/**
 * The languages as the sandbox runs them. A language is one worker in `workers/` and one entry here;
 * `docs/languages.md` describes the steps.
 */
import { firstName } from '../session/files';
import { LANGUAGE_NAMES } from '../protocol/wire';
import type { Language } from '../protocol/wire';
import type { Runner } from '../client/runner';

/** The properties of a language in a sandbox. */
export interface SandboxLanguage {
  /** Its name for people. */
  name: string;
  /** The default name of its main file. */
  main: string;
  /** Asset names: the worker's script, WebAssembly to compile, and files for each worker. */
  script: string;
  wasm: string | null;
  files: readonly string[];
  /** A memory snapshot from which a worker starts faster, in browsers and builds that have it. */
  snapshot: string | null;
  /** The number of workers that wait for programs in this browser. */
  spares: () => number;
  /** How its programs get their input in this browser. */
  input: () => Runner['input'];
  /** What its programs may import that the page fetches: packages, or libraries of the runtime. */
  packages: 'packages' | readonly string[];
}

/** Whether this browser can suspend WebAssembly, so that a program in it can wait for an answer. */
export function canSuspend(): boolean {
  return 'Suspending' in WebAssembly;
}

/** Whether this computer has at least 4 GB, which is assumed where the browser does not tell. */
function hasMuchMemory(): boolean {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  return deviceMemory === undefined || deviceMemory >= 4;
}

/** The properties of a language that are not derived. */
type Entry = Omit<SandboxLanguage, 'name' | 'main'>;

const SCRIPT: Omit<Entry, 'script'> = {
  wasm: null,
  files: [],
  snapshot: null,
  spares: () => 1,
  input: () => 'live',
  packages: []
};

const ENTRIES: Readonly<Record<Language, Entry>> = {
  javascript: {
    ...SCRIPT,
    script: 'javascript.js',
    packages: ['node.js']
  },
  typescript: {
    ...SCRIPT,
    script: 'typescript.js',
    files: ['typescript-types.json'],
    packages: ['node.js']
  },
  python: {
    script: 'python.js',
    wasm: 'pyodide.asm.wasm',
    files: ['python_stdlib.zip', 'pyodide-lock.json'],
    snapshot: 'python.snapshot',
    // It starts slowly. With two, a stop at the first print finds the next worker up, too.
    spares: () => (hasMuchMemory() ? 2 : 1),
    input: () => (canSuspend() ? 'live' : 'beforehand'),
    packages: 'packages'
  },
  sql: {
    ...SCRIPT,
    script: 'sql.js',
    wasm: 'sql-wasm.wasm',
    input: () => 'none'
  }
};

/** `language` as the sandbox runs it. */
export function sandboxLanguage(language: Language): SandboxLanguage {
  return { name: LANGUAGE_NAMES[language], main: firstName(language), ...ENTRIES[language] };
}
