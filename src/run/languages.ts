/**
 * THE table of languages: what each needs to run in a sandbox. A language is one worker in
 * `workers/` and one entry here; `docs/languages.md` goes through it.
 */
import { firstName } from '../session/files';
import { LANGUAGE_NAMES } from '../protocol/languages';
import type { Language } from '../protocol/wire';
import type { Runner } from '../client/runner';

/** What a language needs to run in a sandbox. */
export interface SandboxLanguage {
  /** Its name for people. */
  name: string;
  /** What its main file is called where nobody says. */
  main: string;
  /** Asset names: the worker's script, WebAssembly to compile, and files for each worker. */
  script: string;
  wasm: string | null;
  files: readonly string[];
  /** A file that a worker starts faster with, of those browsers and builds that have it. */
  snapshot: string | null;
  /** How its programs get what they read, in this browser. */
  input: () => Runner['input'];
  /** Whether its programs may import packages, which the page then brings. */
  packages: boolean;
}

/** Whether this browser can suspend WebAssembly, so that a program in it can wait for an answer. */
export function canSuspend(): boolean {
  return 'Suspending' in WebAssembly;
}

/** What is special about a language; the rest is derived. */
type Entry = Omit<SandboxLanguage, 'name' | 'main'>;

const SCRIPT: Omit<Entry, 'script'> = {
  wasm: null,
  files: [],
  snapshot: null,
  input: () => 'live',
  packages: false
};

const ENTRIES: Readonly<Record<Language, Entry>> = {
  javascript: {
    ...SCRIPT,
    script: 'javascript.js'
  },
  typescript: {
    ...SCRIPT,
    script: 'typescript.js'
  },
  python: {
    script: 'python.js',
    wasm: 'pyodide.asm.wasm',
    files: ['python_stdlib.zip', 'pyodide-lock.json'],
    snapshot: 'python.snapshot',
    input: () => (canSuspend() ? 'live' : 'beforehand'),
    packages: true
  },
  sql: {
    ...SCRIPT,
    script: 'sql.js',
    wasm: 'sql-wasm.wasm',
    input: () => 'none'
  }
};

/** What `language` needs. */
export function sandboxLanguage(language: Language): SandboxLanguage {
  return { name: LANGUAGE_NAMES[language], main: firstName(language), ...ENTRIES[language] };
}
