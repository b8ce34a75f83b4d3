/**
 * Writes Python's memory after its start to a file: `node --experimental-wasm-jspi
 * scripts/python-snapshot.mjs <directory of program.py and its modules> <output>`.
 *
 * A worker starts several times faster from this snapshot. The snapshot is of an interpreter with
 * JSPI (suspension of the WebAssembly stack), and works only in browsers that support JSPI.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPyodide } from 'pyodide';

const [sources, output] = process.argv.slice(2);
if (!('Suspending' in WebAssembly)) {
  throw new Error('This Node cannot suspend WebAssembly');
}
// The snapshot contains the seed of string hashes: all workers share it, so it is a known one.
const env = { HOME: '/home/pyodide', PYTHONHASHSEED: '0' };
const pyodide = await loadPyodide({ _makeSnapshot: true, env });
for (const file of (await readdir(sources)).filter(name => name.endsWith('.py'))) {
  pyodide.FS.writeFile(`/lib/arena_${file}`, await readFile(join(sources, file)));
}
pyodide.runPython(`
import sys
sys.path.append('/lib')
import arena_program
arena_program.set_up()
`);
await writeFile(output, pyodide.makeMemorySnapshot());
