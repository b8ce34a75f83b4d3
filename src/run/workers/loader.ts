/** Loads the files of a program as Node does: modules of the language and CommonJS, side by side. */
import { inspect, type InspectOptions } from 'node-inspect-extracted';
import type { Module } from './module';
import type { Program, ProgramFile } from './link';
import { ProgramError } from './syntax';

/** A file that is loaded, or is being loaded. */
interface Loaded {
  /** Its names for modules, and for `require`. */
  readonly namespace: object;
  readonly commonjs: { exports: unknown; loaded: boolean };
  started: boolean;
  /** Its end, where it waits. */
  end: Promise<unknown> | null;
  result: unknown;
  failure: { error: unknown } | null;
}

type Require = ((name: unknown) => unknown) & { main: unknown };
/** Anything that a compiled file may be given. */
type Wrapper = (this: unknown, ...given: unknown[]) => unknown;

/** Makes the engine run a script; bound before a program runs, and gone from the global scope. */
const importScripts = (globalThis as { importScripts?: (url: string) => void }).importScripts?.bind(
  globalThis
);
const createObjectURL = URL.createObjectURL.bind(URL);
const revokeObjectURL = URL.revokeObjectURL.bind(URL);

/** Run the text of a classic script, now. Raises its error. */
export function runScript(text: string): void {
  const url = createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    importScripts?.(url);
  } finally {
    revokeObjectURL(url);
  }
}

/** Options of the loader. */
interface Loading {
  /** A name for the engine, for the module of a file. */
  nameOf: (file: string, module: Module) => string;
  /** The modules of Node, by name. */
  builtin: (name: string) => unknown;
}

export class Loader {
  readonly #program: Program;
  readonly #loading: Loading;
  readonly #loaded = new Map<string, Loaded>();
  readonly #builtins = new Map<string, object>();

  constructor(program: Program, loading: Loading) {
    this.#program = program;
    this.#loading = loading;
  }

  /** Run the main file; the value of its last expression, or a promise of it. */
  run(): unknown {
    const file = this.#program.file(this.#program.main);
    const { result } = this.#load(file, new Set());
    return result;
  }

  /** Load a file, once. `path` has the files whose imports led to it. Raises its error. */
  #load(file: ProgramFile, path: ReadonlySet<ProgramFile>): Loaded {
    const loaded = this.#entry(file);
    if (loaded.failure !== null) {
      throw loaded.failure.error;
    }
    if (!loaded.started) {
      loaded.started = true;
      try {
        loaded.result = this.#start(file, loaded, new Set([...path, file]));
      } catch (error) {
        loaded.failure = { error };
        throw error;
      }
      if (this.#program.isAsync(file) && loaded.result instanceof Promise) {
        loaded.end = loaded.result;
        loaded.end.catch((error: unknown) => {
          loaded.failure = { error };
        });
      }
      loaded.commonjs.loaded = true;
    }
    return loaded;
  }

  #entry({ name }: ProgramFile): Loaded {
    const known = this.#loaded.get(name);
    if (known !== undefined) {
      return known;
    }
    const loaded: Loaded = {
      namespace: newNamespace(),
      commonjs: { exports: {}, loaded: false, ...{ id: name, filename: `/${name}`, path: '/' } },
      started: false,
      end: null,
      result: undefined,
      failure: null
    };
    this.#loaded.set(name, loaded);
    return loaded;
  }

  #start(file: ProgramFile, loaded: Loaded, path: ReadonlySet<ProgramFile>): unknown {
    const { name, module } = file;
    if (module === null) {
      loaded.commonjs.exports = parseData(file);
      return undefined;
    }
    const run = this.#define(file, module);
    const api = this.#api(file, loaded, module, path);
    const require = this.#require(path);
    if (module.kind === 'module') {
      return run.call(undefined, api, require);
    }
    const { commonjs } = loaded;
    return run.call(commonjs.exports, commonjs.exports, require, commonjs, `/${name}`, '/', api);
  }

  /** What a module's text uses: `__module`. */
  #api(
    file: ProgramFile,
    { namespace }: Loaded,
    module: Module,
    path: ReadonlySet<ProgramFile>
  ): object {
    const target = (index: number) => this.#program.resolve(module.imports[index]?.name ?? '');
    return {
      exports: (getters: Record<string, () => unknown>) => {
        const stars = module.stars.map(index => {
          const found = target(index);
          return found.kind === 'file' ? this.#program.file(found.name) : null;
        });
        const all = { ...this.#starGetters(stars), ...getters };
        for (const [name, get] of Object.entries(all).sort(([one], [other]) =>
          one < other ? -1 : 1
        )) {
          Object.defineProperty(namespace, name, { enumerable: true, get });
        }
        nameDefault(namespace);
      },
      imported: (index: number) => {
        const found = target(index);
        switch (found.kind) {
          case 'builtin':
            return this.#builtin(found.name);
          case 'file':
            return this.#entry(this.#program.file(found.name)).namespace;
          default:
            return undefined;
        }
      },
      link: (index: number) => {
        const found = target(index);
        if (found.kind === 'missing') {
          throw missingModule(found.message(file.name));
        }
        return found.kind === 'file' ? this.#import(this.#program.file(found.name), path) : null;
      },
      import: async (name: unknown) => {
        const found = this.#program.resolve(String(name));
        if (found.kind === 'missing') {
          throw missingModule(found.message(file.name));
        }
        if (found.kind === 'builtin') {
          return this.#builtin(found.name);
        }
        const other = this.#program.file(found.name);
        await this.#import(other, new Set());
        return this.#entry(other).namespace;
      },
      meta: {
        dirname: '/',
        filename: `/${file.name}`,
        main: file.name === this.#program.main,
        url: `file:///${encodeURIComponent(file.name)}`
      }
    };
  }

  #starGetters(stars: readonly (ProgramFile | null)[]): Record<string, () => unknown> {
    const getters: Record<string, () => unknown> = {};
    for (const other of stars) {
      const names = other && this.#program.exportsOf(other);
      for (const name of names ?? []) {
        if (other !== null && name !== 'default') {
          const { namespace } = this.#entry(other);
          getters[name] = () => Reflect.get(namespace, name);
        }
      }
    }
    return getters;
  }

  /** Load a file for an import: null, or a promise where it waits. */
  #import(file: ProgramFile, path: ReadonlySet<ProgramFile>): Promise<unknown> | null {
    if (path.has(file)) {
      return null;
    }
    const loaded = this.#load(file, path);
    if (file.module?.kind !== 'module') {
      fill(loaded.namespace, loaded.commonjs.exports);
    }
    return loaded.end;
  }

  #require(path: ReadonlySet<ProgramFile>): Require {
    const from = [...path].map(({ name }) => name).reverse();
    const require = (name: unknown): unknown => {
      const found = this.#program.resolve(String(name));
      if (found.kind === 'missing') {
        const stack = `\nRequire stack:\n${from.map(each => `- ${each}`).join('\n')}`;
        const message = found.message().replace(/^Cannot find package/, 'Cannot find module');
        throw missingModule(message + stack, 'MODULE_NOT_FOUND');
      }
      if (found.kind === 'builtin') {
        return this.#builtinModule(found.name);
      }
      const file = this.#program.file(found.name);
      const { namespace, commonjs } = this.#load(file, path);
      if (file.module?.kind !== 'module') {
        return commonjs.exports;
      }
      if (this.#program.isAsync(file)) {
        throw new Error(`'${file.name}' has an await at its top level: import() can load it`);
      }
      return namespace;
    };
    const main = this.#loaded.get(this.#program.main)?.commonjs;
    const resolveName = (name: string): string => {
      const found = this.#program.resolve(name);
      return found.kind === 'file' ? `/${found.name}` : name;
    };
    return Object.assign(require, { main, resolve: resolveName, cache: {} });
  }

  /** The namespace of a module of Node. */
  #builtin(name: string): object {
    const known = this.#builtins.get(name);
    if (known !== undefined) {
      return known;
    }
    const namespace = newNamespace();
    fill(namespace, this.#builtinModule(name));
    this.#builtins.set(name, namespace);
    return namespace;
  }

  #builtinModule(name: string): unknown {
    return name === 'module'
      ? { createRequire: () => this.#require(new Set()) }
      : this.#loading.builtin(name);
  }

  /** The function of a file, made by the engine. */
  #define(file: ProgramFile, module: Module): Wrapper {
    const key = `__file${String(Math.random()).slice(2)}`;
    let made: Wrapper | undefined;
    Object.defineProperty(globalThis, key, {
      configurable: true,
      value: (wrapper: Wrapper) => {
        made = wrapper;
      }
    });
    const unique = this.#loading.nameOf(file.name, module);
    try {
      runScript(
        `${module.code(`self.${key}`, this.#program.isAsync(file))}\n//# sourceURL=${unique}`
      );
    } catch (error) {
      if (error instanceof SyntaxError) {
        const { lineNumber = 1 } = error as SyntaxError & { lineNumber?: number };
        const at = module.place({ line: lineNumber, column: 0 });
        throw new ProgramError(plainMessage(error.message), file.text, file.name, at);
      }
      throw error;
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
    if (made === undefined) {
      throw new Error(`${file.name} could not be loaded`);
    }
    return made;
  }
}

/** The message of a syntax error without what engines put before it. */
export function plainMessage(message: string): string {
  return message.replace(
    /^(?:Uncaught )?(?:SyntaxError: )?(?:Failed to execute 'importScripts'[^:]*: )?/,
    ''
  );
}

function newNamespace(): object {
  const bare = (): object =>
    Object.defineProperty(Object.create(null), Symbol.toStringTag, { value: 'Module' }) as object;
  const namespace = bare();
  // Shown with values instead of getters.
  return Object.defineProperty(namespace, inspect.custom, {
    value: (_: number, options: InspectOptions) =>
      inspect(Object.assign(bare(), namespace), options)
  });
}

/** Make the namespace of what a CommonJS file exports. */
function fill(namespace: object, exported: unknown): void {
  const names =
    (typeof exported === 'object' && exported !== null) || typeof exported === 'function'
      ? Object.keys(exported)
      : [];
  for (const name of [...names.filter(each => each !== 'default'), 'default'].sort()) {
    Object.defineProperty(namespace, name, {
      configurable: true,
      enumerable: true,
      get: (): unknown => (name === 'default' ? exported : Reflect.get(exported as object, name))
    });
  }
}

/** A default export without a name is called "default". */
function nameDefault(namespace: object): void {
  try {
    const value: unknown = Reflect.get(namespace, 'default');
    if (typeof value === 'function' && value.name === '__default') {
      Object.defineProperty(value, 'name', { value: 'default', configurable: true });
    }
  } catch {
    // It does not exist before the module runs.
  }
}

function parseData({ name, text }: ProgramFile): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function missingModule(message: string, code = 'ERR_MODULE_NOT_FOUND'): Error {
  return Object.assign(new Error(message), { code });
}
