/** The worker that runs Python: one interpreter, for one program or for those that share state. */
import type { PyodideAPI } from 'pyodide';
import type { PyCallable, PyProxy } from 'pyodide/ffi';
import type { Location } from '../../protocol/wire';
import { ERROR_LIMIT, type Files, type WorkerStart } from '../messages';
import { boot, type Ended, type Program } from './boot';
import displaySource from './display.py';
import type { Output } from './output';
import programSource from './program.py';
import tasksSource from './tasks.py';

/** Pyodide asks for its files at this place, and our own `fetch` answers. It never exists. */
const NOWHERE = 'https://pyodide.invalid/';

/** Python's memory after its start, among a worker's files: not every browser gets it. */
const SNAPSHOT = 'python.snapshot';

const UNHARMED = 'Nothing else was harmed: you can run again.';
const CRASHED =
  'The Python interpreter crashed, most likely because recursion went too deep. ' + UNHARMED;

/** `program.py`, seen from here. */
interface ProgramModule extends PyProxy {
  compile_program(
    main: string,
    source: string,
    files: PyProxy,
    host: Host,
    keepState: boolean
  ): Compiled;
  packaged_modules(source: string, files: PyProxy): PyProxy;
  packages_came(note: string, modules: PyProxy): void;
  set_up(): void;
  wake(): void;
}

interface Compiled extends PyProxy {
  error: Problem;
  location: PyProxy | null | undefined;
  entry: 'sync' | 'switching' | 'async';
  file: string;
  unfinished: boolean;
  run: PyCallable;
  run_async(): Promise<Problem>;
  finish(): Promise<Problem>;
}

/** `Host` of `program.py`. */
interface Host {
  asks: boolean;
  show(mime: string, data: string): boolean;
  given(prompt: string): string;
  ask(prompt: string): Promise<string>;
}

/** The error as text, or Python's None. */
type Problem = string | null | undefined;

/** Of Emscripten's file system, whose types Pyodide does not bring along. */
interface FileSystem {
  writeFile(path: string, text: string): void;
}

/** What Pyodide has for its own debugging, and we for telling of a crash. */
interface PyodideInternals {
  _api: { on_fatal?: (error: unknown) => void };
}

boot(async start => {
  const pyodide = await bringUp(start);
  let current: Output | null = null;
  const crash = watchForCrash(pyodide, (stream, text) => current?.write(stream, text));
  const module = programModule(pyodide, SNAPSHOT in start.files);
  module.wake();
  const execute = async (program: Program): Promise<Ended> => {
    current = program.output;
    const { main, code, keepState } = program;
    let compiled: Compiled | null = null;
    const crashed = ({ dump }: Crash): Ended => ended(dump, main, compiled?.file ?? main);
    try {
      // As a Map: an object with a file called `constructor` is none to Pyodide.
      const files = pyodide.toPy(new Map(Object.entries(program.files))) as PyProxy;
      const modules = module.packaged_modules(code, files).toJs() as string[];
      if (modules.length > 0) {
        await program.need(modules);
      }
      compiled = module.compile_program(main, code, files, hostOf(program), keepState);
      const error = compiled.error ?? (await Promise.race([enter(compiled), crash]));
      if (error instanceof Crash) {
        return crashed(error);
      }
      const location = locationOf((compiled.location?.toJs() ?? []) as number[]);
      return { error: error == null ? null : error.slice(0, ERROR_LIMIT), location };
    } catch (error) {
      // `program.py` tells of errors and does not throw them: this comes of a crash, which has been
      // heard of by now, of packages that could not be installed, or of a program that tore the
      // interpreter's insides out.
      const heard = await Promise.race([crash, Promise.resolve(null)]);
      return heard === null ? broken(error, compiled === null) : crashed(heard);
    }
  };
  return {
    execute,
    furnish: async ({ files, modules, note }) => {
      await install(pyodide, files);
      module.packages_came(note, pyodide.toPy(modules) as PyProxy);
    }
  };
});

/** The interpreter's end, and what it wrote of where it was. */
class Crash {
  readonly dump: string;

  constructor(dump: string) {
    this.dump = dump;
  }
}

/** How a program ends with the interpreter; `file` is what Python calls its main file. */
function ended(dump: string, main: string, file: string): Ended {
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

/** How a program ends that could not be run to its end, though the interpreter is there. */
function broken(error: unknown, isBefore: boolean): Ended {
  const text = error instanceof Error ? error.message : String(error);
  const what = isBefore
    ? 'Its packages could not be installed, so the program was not started.'
    : 'Python could not go on with this program.';
  return { error: `${what} ${UNHARMED}\n${text}`.slice(0, ERROR_LIMIT), spent: true };
}

/** As `program.py` has it: a place, and its end where that is known. */
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
    asks: input.asks && 'Suspending' in WebAssembly,
    show: (mime, data) => output.show(mime, data),
    given: prompt => (input.live ? '?' : told(input.given(prompt))),
    ask: async prompt => told(await input.read(prompt))
  };
}

/** Install wheels, which the page has checked. */
async function install(pyodide: PyodideAPI, files: Files): Promise<void> {
  const names = Object.keys(files);
  if (names.length === 0) {
    return;
  }
  const closed = globalThis.fetch;
  globalThis.fetch = serve(files);
  try {
    const errors: string[] = [];
    await pyodide.loadPackage(
      names.map(name => NOWHERE + name),
      {
        messageCallback: () => undefined,
        errorCallback: message => errors.push(message),
        checkIntegrity: false
      }
    );
    if (errors.length > 0) {
      throw new Error(errors.join('\n'));
    }
  } finally {
    globalThis.fetch = closed;
  }
}

/** A `fetch` that answers with files, and knows of nothing else. */
function serve(files: Readonly<Record<string, ArrayBuffer>>): typeof fetch {
  return request => {
    const url = request instanceof Request ? request.url : request.toString();
    const name = decodeURIComponent(url.replace(NOWHERE, ''));
    const bytes = Object.hasOwn(files, name) ? files[name] : null;
    return Promise.resolve(new Response(bytes, { status: bytes === null ? 404 : 200 }));
  };
}

/** Our module inside Python. A snapshot has it already, and set up. */
function programModule(pyodide: PyodideAPI, isThere: boolean): ProgramModule {
  if (!isThere) {
    const files = pyodide.FS as FileSystem;
    files.writeFile('/lib/arena_display.py', displaySource);
    files.writeFile('/lib/arena_tasks.py', tasksSource);
    files.writeFile('/lib/arena_program.py', programSource);
    pyodide.runPython("import sys; sys.path.append('/lib')");
  }
  const module = pyodide.pyimport('arena_program') as ProgramModule;
  if (!isThere) {
    module.set_up();
  }
  return module;
}

/** Run a program to its end; the error as text. Rejects when Python crashed. */
async function enter(program: Compiled): Promise<Problem> {
  const error = await (program.entry === 'async' ? program.run_async() : run(program));
  return error == null && program.unfinished ? program.finish() : error;
}

/**
 * Who may ask or wait has a stack that can be suspended, where that exists. All others have none:
 * Firefox logs an error when such a stack is ended in the middle, and a recursion too deep crashes
 * Python there that is an error on the plain one.
 */
function run(program: Compiled): Promise<Problem> | Problem {
  const suspends = program.entry === 'switching' && 'Suspending' in WebAssembly;
  return (suspends ? program.run.callPromising() : program.run()) as Problem;
}

/** Load Pyodide from the bytes that were posted in. */
async function bringUp({ module, files }: WorkerStart): Promise<PyodideAPI> {
  if (module === null) {
    throw new Error('The Python runtime is incomplete');
  }
  globalThis.fetch = serve(files);
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports)
  });
  // Imported only here: it looks about as soon as it is evaluated, and must find the walls closed.
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all([
    import('pyodide'),
    import('pyodide/pyodide.asm.mjs')
  ]);
  return loadPyodide({
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    lockFileContents: new TextDecoder().decode(files['pyodide-lock.json']),
    createPyodideModule,
    _loadSnapshot: files[SNAPSHOT]
  } as Parameters<typeof loadPyodide>[0]);
}

/**
 * Pass on what the interpreter writes, and resolve with text for people if it ever crashes. Pyodide
 * then announces that on the console, dumps its stack to stdout, and calls `on_fatal`, in this
 * order; the dump is kept back, to tell the line from it.
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
    (pyodide as unknown as PyodideInternals)._api.on_fatal = () => {
      resolve(new Crash(dump ?? ''));
    };
  });
}
