/**
 * Writes Python's memory, after it has started up, to a file: `node --experimental-wasm-jspi
 * scripts/python-snapshot.mjs <directory of program.py and its modules> <output>`.
 *
 * A worker that starts from this image is up several times sooner. The image is of an interpreter
 * that can suspend its stack (JSPI), and fits only browsers that can, too.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPyodide } from 'pyodide';

const [sources, output] = process.argv.slice(2);
if (!('Suspending' in WebAssembly)) {
  throw new Error('This Node cannot suspend WebAssembly');
}
// The seed of string hashes is in the image, too: better a known one than one for all by chance.
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
