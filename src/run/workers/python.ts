/** The worker that runs Python: one interpreter, for one program. */
import type { PyodideAPI } from 'pyodide';
import type { PyCallable, PyProxy } from 'pyodide/ffi';
import { ERROR_LIMIT, type WorkerStart } from '../messages';
import { boot } from './boot';
import type { Output } from './output';
import programSource from './program.py';

/** Pyodide asks for its files at this place, and our own `fetch` answers. It never exists. */
const NOWHERE = 'https://pyodide.invalid/';

/** Python's memory after its start, among a worker's files: not every browser gets it. */
const SNAPSHOT = 'python.snapshot';

const CRASHED =
  'The Python interpreter crashed, most likely because recursion went too deep. ' +
  'Nothing else was harmed: you can run again.';

/** `program.py`, seen from here. */
interface ProgramModule extends PyProxy {
  compile_program(
    source: string,
    files: PyProxy,
    show: (mime: string, data: string) => boolean
  ): Program;
  set_up(): void;
  wake(): void;
}

interface Program extends PyProxy {
  error: string | null | undefined;
  entry: 'sync' | 'switching' | 'async';
  run: PyCallable;
  run_async(): Promise<Ended>;
}

/** The error as text, or Python's None. */
type Ended = string | null | undefined;

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
  pyodide.setStdin({ stdin: () => null });
  const module = programModule(pyodide, SNAPSHOT in start.files);
  module.wake();
  return async ({ code, files }, output) => {
    current = output;
    // As a Map: an object with a file called `constructor` is none to Pyodide.
    const others = pyodide.toPy(new Map(Object.entries(files))) as PyProxy;
    const show = (mime: string, data: string): boolean => output.show(mime, data);
    try {
      const compiled = module.compile_program(code, others, show);
      return bounded(compiled.error ?? (await Promise.race([enter(compiled), crash])));
    } catch {
      // `program.py` tells of errors and does not throw them: this comes of a crash, which has been
      // heard of by now, or of a program that tore the interpreter's insides out.
      return Promise.race([crash, Promise.resolve(CRASHED)]);
    }
  };
});

/** Our module inside Python. A snapshot has it already, and set up. */
function programModule(pyodide: PyodideAPI, isThere: boolean): ProgramModule {
  if (!isThere) {
    (pyodide.FS as FileSystem).writeFile('/lib/arena_program.py', programSource);
    pyodide.runPython("import sys; sys.path.append('/lib')");
  }
  const module = pyodide.pyimport('arena_program') as ProgramModule;
  if (!isThere) {
    module.set_up();
  }
  return module;
}

/** Enter a program in the way that it needs; the error as text. Rejects when Python crashed. */
async function enter(program: Program): Promise<Ended> {
  switch (program.entry) {
    case 'async':
      return program.run_async();
    case 'switching':
      // A suspendable stack is a smaller one, so only those enter this way that have to.
      return ('Suspending' in WebAssembly ? program.run.callPromising() : program.run()) as Ended;
    default:
      return program.run() as Ended;
  }
}

/** Load Pyodide from the bytes that were posted in. */
async function bringUp({ module, files }: WorkerStart): Promise<PyodideAPI> {
  if (module === null) {
    throw new Error('The Python runtime is incomplete');
  }
  globalThis.fetch = request => {
    const url = request instanceof Request ? request.url : request.toString();
    const name = url.replace(NOWHERE, '');
    const bytes = name in files ? files[name] : null;
    return Promise.resolve(new Response(bytes, { status: bytes === null ? 404 : 200 }));
  };
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
): Promise<string> {
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
      const line = /"main\.py", line (\d+)/.exec(dump ?? '')?.[1];
      resolve(line === undefined ? CRASHED : `${CRASHED}\nIt was in main.py, line ${line}.`);
    };
  });
}

function bounded(text: string | null | undefined): string | null {
  return text == null ? null : text.slice(0, ERROR_LIMIT);
}
