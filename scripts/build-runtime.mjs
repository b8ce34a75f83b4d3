/**
 * Builds the language runtimes: `node scripts/build-runtime.mjs <output directory>`.
 *
 * Writes `<output>/<hash>/` with the sandbox page, the workers, Pyodide and licences, and
 * `<output>/version.json`, which names that directory and the sizes of its files. The hash is of
 * the contents, so the directory may be cached for ever. All files except the page are stored
 * gzipped and decompressed in the browser: the transfer is small on any host.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

import { licences } from './licences.mjs';
import { DECLARATIONS, typescriptTypes } from './typescript-types.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const workers = join(root, 'src/run/workers');
const require = createRequire(import.meta.url);
const pyodide = dirname(require.resolve('pyodide/package.json'));
const sqlite = dirname(require.resolve('sql.js/dist/sql-wasm-browser.js'));

/** Limit of Python's heap: a larger allocation is a MemoryError, before the tab grows to 4 GB. */
const HEAP_LIMIT = 512 * 1024 * 1024;

/** What TypeScript uses of Node, and never in a browser. */
const TYPESCRIPT_ON_NODE = ['fs', 'path', 'os', 'perf_hooks', 'inspector', 'source-map-support'];

/** Replace text that must occur exactly once; throws if another Pyodide version changed it. */
function replaceOnce(text, search, replacement) {
  const found = text.split(search).length - 1;
  if (found !== 1) {
    throw new Error(`Expected "${search}" once in Pyodide, found it ${found} times`);
  }
  return text.replace(search, replacement);
}

const limitHeap = {
  name: 'limit-heap',
  setup({ onLoad }) {
    onLoad({ filter: /pyodide\.asm\.mjs$/ }, async ({ path }) => ({
      contents: replaceOnce(
        await readFile(path, 'utf8'),
        'getHeapMax=()=>4294901760',
        `getHeapMax=()=>${HEAP_LIMIT}`
      ),
      loader: 'js'
    }));
  }
};

/** The libraries of Node's modules use ours for what they get from each other or from Node. */
const nodeModules = {
  name: 'node-modules',
  setup({ onResolve }) {
    const ours = name => ({ path: join(workers, 'node', `${name}.ts`) });
    onResolve({ filter: /^util\/$/ }, () => ours('util-base'));
    onResolve({ filter: /^process\/?$/ }, () => ours('process-shim'));
  }
};

/** Paths of all bundled files. */
const inputs = new Set();

/** Bundle a script of src/run/workers to one classic script. */
async function bundle(name, options = {}) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [join(workers, `${name}.ts`)],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    legalComments: 'inline',
    metafile: true,
    loader: { '.py': 'text' },
    // Pyodide's branches for Node never run in a browser.
    external: ['node:*', 'ws', 'fs', 'fs/promises', 'path', 'url', 'vm', 'crypto', 'child_process'],
    define: { 'import.meta.url': '"https://pyodide.invalid/pyodide.asm.mjs"' },
    plugins: [limitHeap],
    logLevel: 'warning',
    ...options
  });
  Object.keys(result.metafile.inputs).forEach(input => inputs.add(input));
  return Buffer.from(result.outputFiles[0].contents);
}

/** The page in the sandbox's iframe. Its policy is in a meta tag: a static host sends no header. */
function sandboxPage(script) {
  const hash = createHash('sha256').update(script).digest('base64');
  const csp = [
    "default-src 'none'",
    `script-src 'sha256-${hash}' blob: 'wasm-unsafe-eval'`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ');
  const page =
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${csp}">` +
    `<title>Sandbox</title></head><body><script>${script}</script></body></html>\n`;
  return { csp, page: Buffer.from(page) };
}

/**
 * Snapshot of Python's memory after its start, from which workers start; null, with a message, if
 * this Node cannot make it. Without it Python works too, but starts more slowly.
 */
async function pythonSnapshot() {
  const directory = await mkdtemp(join(tmpdir(), 'python-snapshot-'));
  const output = join(directory, 'image');
  const script = join(root, 'scripts/python-snapshot.mjs');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--experimental-wasm-jspi', script, workers, output],
    { encoding: 'utf8', timeout: 120_000 }
  );
  const image = status === 0 ? await readFile(output) : null;
  await rm(directory, { recursive: true });
  if (image === null) {
    console.warn(`Python is built without its snapshot, and will start slowly:\n${stderr}`);
  }
  return image;
}

/** Remove the files of earlier builds from `output`, and no other files. */
async function removeOlder(output) {
  await mkdir(output, { recursive: true });
  for (const name of await readdir(output)) {
    if (/^[0-9a-f]{16}$/.test(name)) {
      await rm(join(output, name), { recursive: true });
    }
  }
}

async function main(output) {
  const frame = (await bundle('frame')).toString().trim();
  if (frame.includes('</script')) {
    throw new Error('The frame script would end its own element');
  }
  const { csp, page } = sandboxPage(frame);
  const fromPyodide = name => readFile(join(pyodide, name));
  const assets = {
    'javascript.js': await bundle('javascript'),
    'typescript.js': await bundle('typescript', { external: TYPESCRIPT_ON_NODE }),
    'typescript-types.json': await typescriptTypes(),
    'node.js': await bundle('node/index', {
      plugins: [nodeModules],
      // Programs show values of its classes.
      keepNames: true,
      external: [],
      inject: [join(workers, 'node/process-shim.ts')]
    }),
    'python.js': await bundle('python'),
    'sql.js': await bundle('sql'),
    'sql-wasm.wasm': await readFile(join(sqlite, 'sql-wasm-browser.wasm')),
    'pyodide.asm.wasm': await fromPyodide('pyodide.asm.wasm'),
    'python_stdlib.zip': await fromPyodide('python_stdlib.zip'),
    'pyodide-lock.json': await fromPyodide('pyodide-lock.json')
  };
  const snapshot = await pythonSnapshot();
  if (snapshot !== null) {
    assets['python.snapshot'] = snapshot;
  }
  // The page starts these workers itself, so they are files: its policy allows no blob workers.
  const workersOfPage = {
    playback: await bundle('../../playback/worker'),
    markup: await bundle('../../markup/worker')
  };
  const hash = createHash('sha256').update(page);
  for (const script of Object.values(workersOfPage)) {
    hash.update(script);
  }
  for (const [name, bytes] of Object.entries(assets)) {
    hash.update(`\0${name}\0`).update(bytes);
  }
  const directory = hash.digest('hex').slice(0, 16);

  await removeOlder(output);
  await mkdir(join(output, directory), { recursive: true });
  await writeFile(join(output, directory, 'sandbox.html'), page);
  const scripts = {};
  for (const [name, script] of Object.entries(workersOfPage)) {
    scripts[name] = `${directory}/${name}.js`;
    await writeFile(join(output, scripts[name]), script);
    await writeFile(join(output, `${scripts[name]}.gz`), gzipSync(script, { level: 9 }));
  }
  await writeFile(
    join(output, directory, 'third-party-licenses.txt'),
    await licences([...inputs, ...DECLARATIONS.map(name => `node_modules/${name}/index.d.ts`)])
  );
  const sizes = {};
  for (const [name, bytes] of Object.entries(assets)) {
    const gzipped = gzipSync(bytes, { level: 9 });
    await writeFile(join(output, directory, `${name}.gz`), gzipped);
    sizes[name] = { size: bytes.length, gzip: gzipped.length };
  }
  await writeFile(
    join(output, 'version.json'),
    `${JSON.stringify({ directory, csp, ...scripts, assets: sizes }, null, 2)}\n`
  );
  console.log(directory);
}

const [output] = process.argv.slice(2);
if (output === undefined) {
  console.error('usage: node scripts/build-runtime.mjs <output directory>');
  process.exit(2);
}
await main(output);
