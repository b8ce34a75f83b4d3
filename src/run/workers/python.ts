/** The worker that runs Python: one interpreter, one program after the other. */
import type { PyodideAPI } from 'pyodide';
import type { PyCallable, PyProxy } from 'pyodide/ffi';
import { ERROR_LIMIT, type WorkerStart } from '../messages';
import { boot, type Execute } from './boot';
import type { Output } from './output';
import programSource from './program.py';

/** Pyodide asks for its files at this place, and our own `fetch` answers. It never exists. */
const NOWHERE = 'https://pyodide.invalid/';

const CRASHED =
  'The Python interpreter crashed, most likely by recursion that went too deep. ' +
  'Nothing else was harmed: you can run again.';

/** `program.py`, seen from here. */
interface ProgramModule extends PyProxy {
  compile_program(source: string, show: (mime: string, data: string) => boolean): Program;
  leaves_something(): boolean;
  set_up(): void;
  wake(): void;
}

interface Program extends PyProxy {
  error: string | null | undefined;
  entry: 'sync' | 'switching' | 'async';
  run: PyCallable;
  run_async(): Promise<string | null | undefined>;
}

/** What Pyodide has for its own debugging, and we for telling of a crash. */
interface PyodideInternals {
  _api: { on_fatal?: (error: unknown) => void };
}

boot(async start => {
  const pyodide = await bringUp(start);
  const fatal = new Promise<string>(resolve => {
    (pyodide as unknown as PyodideInternals)._api.on_fatal = () => resolve(CRASHED);
  });
  let current: Output | null = null;
  redirect(pyodide, 'stdout', text => current?.write('stdout', text));
  redirect(pyodide, 'stderr', text => current?.write('stderr', text));
  pyodide.setStdin({ stdin: () => null });
  pyodide.FS.writeFile('/lib/arena_program.py', programSource);
  pyodide.runPython("import sys; sys.path.append('/lib')");
  const module = pyodide.pyimport('arena_program') as ProgramModule;
  module.set_up();
  module.wake();
  const execute: Execute = async (code, output) => {
    current = output;
    const show = (mime: string, data: string): boolean => output.show(mime, data);
    const program = module.compile_program(code, show);
    if (program.error) {
      return { error: bounded(program.error), reusable: true };
    }
    let died = false;
    const crash = fatal.then(message => {
      died = true;
      return message;
    });
    const error = await Promise.race([crash, enter(program).catch(() => crash)]);
    return { error: bounded(error), reusable: !died && !module.leaves_something() };
  };
  return execute;
});

/** Enter a program in the way that it needs; the error as text. Rejects when Python crashed. */
async function enter(program: Program): Promise<string | null | undefined> {
  switch (program.entry) {
    case 'async':
      return program.run_async();
    case 'switching':
      // A suspendable stack is a smaller one, so only those enter this way that have to.
      return 'Suspending' in WebAssembly ? program.run.callPromising() : program.run();
    default:
      return program.run();
  }
}

/** Load Pyodide from the bytes that were posted in. */
async function bringUp({ module, files }: WorkerStart): Promise<PyodideAPI> {
  if (module === null) {
    throw new Error('The Python runtime is incomplete');
  }
  globalThis.fetch = request => {
    const name = String(request).replace(NOWHERE, '');
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
    createPyodideModule
  } as Parameters<typeof loadPyodide>[0]);
}

/** Decode what the interpreter writes to a stream. */
function redirect(
  pyodide: PyodideAPI,
  stream: 'stdout' | 'stderr',
  take: (text: string) => void
): void {
  const decoder = new TextDecoder();
  const write = (bytes: Uint8Array): number => {
    take(decoder.decode(bytes, { stream: true }));
    return bytes.length;
  };
  if (stream === 'stdout') {
    pyodide.setStdout({ write });
  } else {
    pyodide.setStderr({ write });
  }
}

function bounded(text: string | null | undefined): string | null {
  return text == null ? null : text.slice(0, ERROR_LIMIT);
}
