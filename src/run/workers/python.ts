/** The worker that runs Python: one interpreter, for one program or for those that share state. */
import type { PyodideAPI } from 'pyodide';
import type { PyCallable, PyProxy } from 'pyodide/ffi';
import { isRecord } from '../../protocol/json';
import type { Location } from '../../protocol/wire';
import { canSuspend } from '../languages';
import { ERROR_LIMIT, type AssetFiles, type WorkerStart } from '../messages';
import { boot, type Ended, type Program } from './boot';
import displaySource from './display.py';
import errorsSource from './errors.py';
import modulesSource from './modules.py';
import type { Output } from './output';
import notebookSource from './notebook.py';
import programSource from './program.py';
import { stackProtection } from './python-stack';
import stateSource from './state.py';
import streamsSource from './streams.py';
import surroundingsSource from './surroundings.py';
import tasksSource from './tasks.py';
import { periodsOf } from './time-zones';
import zonesSource from './zones.py';

/** The URL at which Pyodide fetches its files. It does not exist: our own `fetch` answers. */
const NOWHERE = 'https://pyodide.invalid/';

/** The snapshot of Python's memory after its start; not every browser gets this file. */
const SNAPSHOT = 'python.snapshot';

/** Our modules inside Python, each imported as `arena_` and its name. */
const SOURCES = {
  display: displaySource,
  errors: errorsSource,
  modules: modulesSource,
  notebook: notebookSource,
  program: programSource,
  state: stateSource,
  streams: streamsSource,
  surroundings: surroundingsSource,
  tasks: tasksSource,
  zones: zonesSource
};

const UNHARMED = 'Nothing else was harmed: you can run again.';
const CRASHED =
  'The Python interpreter crashed, most likely because recursion went too deep. ' + UNHARMED;

/** The module `program.py`. */
interface ProgramModule extends PyProxy {
  /** Called with the main file's name and text, the other files, a `Host`, and `keepState`. */
  compile_program: PyCallable;
  all_types(): PyProxy;
  /** Calls a function with values. */
  enter: PyCallable;
  /** Called with the main file's name and text, and the other files. */
  packaged_modules: PyCallable;
  packages_came(note: string, modules: PyProxy): void;
  set_up(): void;
  wake(protect: () => void): void;
}

interface Compiled extends PyProxy {
  error: Problem;
  location: PyProxy | null | undefined;
  entry: 'sync' | 'async';
  file: string;
  unfinished: boolean;
  run: PyCallable;
  close: PyCallable;
  run_async(): Promise<Problem>;
  finish(): Promise<Problem>;
}

/** `Host` of `program.py`. */
interface Host {
  asks: boolean;
  show(mime: string, data: string): boolean;
  zone(name: string): string | undefined;
  given(prompt: string): string;
  ask(prompt: string): Promise<string>;
}

/** The error as text, or Python's None. */
type Problem = string | null | undefined;

/** Emscripten's file system, whose types Pyodide does not have. */
interface FileSystem {
  writeFile(path: string, text: string): void;
}

/** Pyodide's hook for fatal errors. */
interface PyodideInternals {
  _api: { on_fatal?: (error: unknown) => void };
}

boot(async start => {
  const pyodide = await startPyodide(start);
  let current: Output | null = null;
  const crash = watchForCrash(pyodide, (stream, text) => current?.write(stream, text));
  const module = programModule(pyodide, SNAPSHOT in start.files);
  module.wake(stackProtection(pyodide, module.all_types().toJs() as number[]));
  /**
   * Call a function in Python on a stack that can be suspended, where the browser has that. So a
   * program can ask and wait; and in Chromium this stack is twice as large as the other.
   */
  const call = (...values: [PyCallable, ...unknown[]]): unknown =>
    canSuspend() ? module.enter.callPromising(...values) : module.enter(...values);
  /** Run a program to its end; the error as text. Rejects when Python crashed. */
  const run = async (program: Compiled, keepState: boolean): Promise<Problem> => {
    let error = (await (program.entry === 'async'
      ? program.run_async()
      : call(program.run))) as Problem;
    if (error == null && program.unfinished) {
      error = await program.finish();
    }
    if (!keepState) {
      await call(program.close);
    }
    return error;
  };
  const execute = async (program: Program): Promise<Ended> => {
    current = program.output;
    const { main, code, keepState } = program;
    let compiled: Compiled | null = null;
    const crashed = (crash: Crash): Ended => ended(crash, main, compiled?.file ?? main);
    try {
      // As a Map: Pyodide misreads an object that has a member `constructor`.
      const files = pyodide.toPy(new Map(Object.entries(program.files))) as PyProxy;
      const needed = (await call(module.packaged_modules, main, code, files)) as PyProxy;
      const modules = needed.toJs() as string[];
      if (modules.length > 0) {
        await program.need(modules);
      }
      const host = hostOf(program);
      compiled = (await call(
        module.compile_program,
        main,
        code,
        files,
        host,
        keepState
      )) as Compiled;
      const error = compiled.error ?? (await Promise.race([run(compiled, keepState), crash]));
      if (error instanceof Crash) {
        return crashed(error);
      }
      const location = locationOf((compiled.location?.toJs() ?? []) as number[]);
      return { error: error == null ? null : error.slice(0, ERROR_LIMIT), location };
    } catch (error) {
      // `program.py` returns errors and does not throw them. This is a crash, which was reported by
      // now, or packages that could not be installed, or a program that broke the interpreter.
      const heard = await Promise.race([crash, Promise.resolve(null)]);
      return heard === null ? broken(error, compiled === null) : crashed(heard);
    }
  };
  return {
    execute,
    installPackages: async ({ files, modules, note }) => {
      await install(pyodide, files);
      module.packages_came(note, pyodide.toPy(modules) as PyProxy);
    }
  };
});

/** The end of the interpreter: a crash, with the stack that it dumped, or an exit with a code. */
class Crash {
  readonly dump: string;
  readonly code: number | null;

  constructor(dump: string, code: number | null) {
    this.dump = dump;
    this.code = code;
  }
}

/** The end of a program whose interpreter ended; `file` is Python's name of its main file. */
function ended({ dump, code }: Crash, main: string, file: string): Ended {
  if (code !== null) {
    return { error: code === 0 ? null : `Exited with code ${code}`, spent: true };
  }
  const [, after = ''] = dump.split(`"${file}", line `);
  const line = Number(/^\d+/.exec(after)?.[0]);
  return line > 0
    ? {
        error: `${CRASHED}\nIt was in ${main}, line ${line}.`,
        location: { line, column: 0 },
        spent: true
      }
    : { error: CRASHED, spent: true };
}

/** The end of a program that failed outside itself, while the interpreter did not crash. */
function broken(error: unknown, isBefore: boolean): Ended {
  const text = error instanceof Error ? error.message : String(error);
  const what = isBefore
    ? 'Its packages could not be installed, so the program was not started.'
    : 'Python could not go on with this program.';
  return { error: `${what} ${UNHARMED}\n${text}`.slice(0, ERROR_LIMIT), spent: true };
}

/** A location of `program.py`: a place, and its end where that is known. */
function locationOf([line, column, endLine, endColumn]: readonly number[]): Location | null {
  if (line === undefined || column === undefined) {
    return null;
  }
  return endLine === undefined || endColumn === undefined
    ? { line, column }
    : { line, column, end: { line: endLine, column: endColumn } };
}

function hostOf({ output, input }: Program): Host {
  const told = (line: string | null): string => (line === null ? '.' : `=${line}`);
  return {
    asks: input.asks && canSuspend(),
    show: (mime, data) => output.show(mime, data),
    zone: name => {
      const periods = periodsOf(name);
      return periods === null ? undefined : JSON.stringify(periods);
    },
    given: prompt => (input.live ? '?' : told(input.given(prompt))),
    ask: async prompt => told(await input.read(prompt))
  };
}

/** Install wheels, which the page has checked. */
async function install(pyodide: PyodideAPI, files: AssetFiles): Promise<void> {
  const names = Object.keys(files);
  if (names.length === 0) {
    return;
  }
  const errors: string[] = [];
  await serving(files, () =>
    pyodide.loadPackage(
      names.map(name => NOWHERE + name),
      {
        messageCallback: () => undefined,
        errorCallback: message => errors.push(message),
        checkIntegrity: false
      }
    )
  );
  if (errors.length > 0) {
    throw new Error(errors.join('\n'));
  }
}

/** Act while `fetch` answers with `files`, and with nothing else. */
async function serving<Result>(files: AssetFiles, act: () => Promise<Result>): Promise<Result> {
  const closed = globalThis.fetch;
  globalThis.fetch = request => {
    const url = request instanceof Request ? request.url : request.toString();
    const name = decodeURIComponent(url.replace(NOWHERE, ''));
    const bytes = Object.hasOwn(files, name) ? files[name] : null;
    return Promise.resolve(new Response(bytes, { status: bytes === null ? 404 : 200 }));
  };
  try {
    return await act();
  } finally {
    globalThis.fetch = closed;
  }
}

/** Our module inside Python. A memory snapshot contains it, already set up. */
function programModule(pyodide: PyodideAPI, isThere: boolean): ProgramModule {
  if (!isThere) {
    const files = pyodide.FS as FileSystem;
    for (const [name, source] of Object.entries(SOURCES)) {
      files.writeFile(`/lib/arena_${name}.py`, source);
    }
    pyodide.runPython("import sys; sys.path.append('/lib')");
  }
  const module = pyodide.pyimport('arena_program') as ProgramModule;
  if (!isThere) {
    module.set_up();
  }
  return module;
}

/** Load Pyodide from the bytes that were posted in. */
async function startPyodide({ module, files }: WorkerStart): Promise<PyodideAPI> {
  if (module === null) {
    throw new Error('The Python runtime is incomplete');
  }
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports)
  });
  // Imported only here: it inspects its environment when it is evaluated, after the walls closed.
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([
    import('pyodide'),
    import('pyodide/pyodide.asm.mjs')
  ]);
  const options = {
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    lockFileContents: new TextDecoder().decode(files['pyodide-lock.json']),
    createPyodideModule,
    _loadSnapshot: files[SNAPSHOT]
  };
  return serving(files, () => loadPyodide(options as Parameters<typeof loadPyodide>[0]));
}

/**
 * Pass on the output of the interpreter, and resolve when it crashes. Pyodide then reports that on the
 * console, dumps its stack to stdout, and calls `on_fatal`, in this order. The dump is not passed
 * on; it has the line.
 */
function watchForCrash(
  pyodide: PyodideAPI,
  write: (stream: 'stdout' | 'stderr', text: string) => void
): Promise<Crash> {
  let dump: string | null = null;
  console.error = () => {
    dump ??= '';
  };
  const decoded = (stream: 'stdout' | 'stderr'): { write(bytes: Uint8Array): number } => {
    const decoder = new TextDecoder();
    return {
      write: bytes => {
        const text = decoder.decode(bytes, { stream: true });
        if (dump === null) {
          write(stream, text);
        } else {
          dump += text;
        }
        return bytes.length;
      }
    };
  };
  pyodide.setStdout(decoded('stdout'));
  pyodide.setStderr(decoded('stderr'));
  return new Promise(resolve => {
    (pyodide as unknown as PyodideInternals)._api.on_fatal = error => {
      const code = isRecord(error) && typeof error.status === 'number' ? error.status : null;
      resolve(new Crash(dump ?? '', code));
    };
  });
}
