/**
 * Builds the guest page, src/guest.tsx, into arena_ext/static/: scripts and style named by the hash
 * of their content, each with its .gz and .br beside it, and page.html, the template that the server fills.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

import { licences } from './licences.mjs';

const ROOT = path.dirname(import.meta.dirname);
const OUT = path.join(ROOT, 'arena_ext', 'static');
const require = createRequire(import.meta.url);

/** The guest page must stay small: an import of a JupyterLab package fails the build. */
const noJupyter = {
  name: 'no-jupyter',
  setup({ onResolve }) {
    onResolve({ filter: /^@(jupyterlab|lumino|jupyter)\// }, ({ path: imported, importer }) => ({
      errors: [{ text: `${imported} has no place in the guest page (${importer})` }]
    }));
  }
};

/** The page's own React: it has the same interface, and a fifth of the size. */
const preact = {
  react: 'preact/compat',
  'react/jsx-runtime': 'preact/jsx-runtime',
  'react-dom/client': path.join(import.meta.dirname, 'preact-client.mjs')
};

const ROOM = 'ui/lobby/lazy-room';
/** What a room may need after it can be typed in. */
const LATER = ['ui/output/Value', 'ui/question/Markdown', 'markup/renderer'];

/**
 * Modules that are loaded together. esbuild makes a chunk of the modules that the same lazy modules
 * share; with these groups there are few such sets, so a page needs few requests.
 */
const groups = {
  name: 'groups',
  setup({ onResolve, onLoad, resolve }) {
    const namespace = 'group';
    onResolve({ filter: /^\./ }, async ({ path: imported, kind, pluginData, ...from }) => {
      if (kind !== 'dynamic-import' || pluginData === namespace) {
        return undefined;
      }
      const found = await resolve(imported, { ...from, kind, pluginData: namespace });
      const name = path.relative(path.join(ROOT, 'src'), found.path).replace(/\.tsx?$/, '');
      const group = LATER.includes(name) ? [...LATER, ROOM] : [name, ROOM];
      return found.errors.length > 0 ? found : { path: group.join('+'), namespace };
    });
    onLoad({ filter: /^/, namespace }, ({ path: group }) => ({
      contents: [...new Set(group.split('+'))].map(name => `export * from './${name}';`).join('\n'),
      resolveDir: path.join(ROOT, 'src')
    }));
  }
};

/** The names of `--jp-*` variables in a text; a name that ends with `-` is completed by a script. */
const variablesIn = text => text.match(/--jp-[\w-]+/g) ?? [];

/** The names of `--jp-*` variables in our styles and scripts. */
async function usedVariables() {
  const files = [];
  for (const folder of ['src', 'style']) {
    for (const name of await readdir(path.join(ROOT, folder), { recursive: true })) {
      if (/\.(?:css|tsx?)$/.test(name)) {
        files.push(readFile(path.join(ROOT, folder, name), 'utf8'));
      }
    }
  }
  return variablesIn((await Promise.all(files)).join('\n'));
}

/** Of one JupyterLab theme the variables that the page needs, those that others refer to included. */
async function themeVariables(name) {
  const file = require.resolve(`@jupyterlab/theme-${name}-extension/style/variables.css`);
  const blocks = (await readFile(file, 'utf8')).match(/^:root\s*\{[^}]*\}/gm);
  if (!blocks) {
    throw new Error(`expected :root blocks in ${file}, got none`);
  }
  const values = new Map();
  for (const [, variable, value] of blocks.join().matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)) {
    values.set(variable, value);
  }
  const needed = new Set();
  const need = variable => {
    if (values.has(variable) && !needed.has(variable)) {
      needed.add(variable);
      variablesIn(values.get(variable)).forEach(need);
    }
  };
  for (const used of await usedVariables()) {
    [used, ...(used.endsWith('-') ? values.keys() : [])]
      .filter(variable => variable.startsWith(used))
      .forEach(need);
  }
  return `:root {${[...needed].map(each => `${each}: ${values.get(each)};`).join('\n')}}`;
}

/** JupyterLab's colours, light or dark by the system's preference; our own style overrides them. */
const themes = {
  name: 'themes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^arena:/ }, args => ({ path: args.path, namespace: 'arena' }));
    onLoad({ filter: /^arena:style$/, namespace: 'arena' }, () => ({
      contents: "@import 'arena:themes'; @import './index.css';",
      loader: 'css',
      resolveDir: path.join(ROOT, 'style')
    }));
    onLoad({ filter: /^arena:themes$/, namespace: 'arena' }, async () => ({
      contents: [
        await themeVariables('light'),
        `@media (prefers-color-scheme: dark) {\n${await themeVariables('dark')}\n}`
      ].join('\n'),
      loader: 'css'
    }));
  }
};

/** The page. It has no inline script, so its policy can allow our script files only. */
function page({ script, preloads, style, icon }) {
  // Relative to the page, so that they load behind a proxy that changes paths, too.
  const asset = name => `%TO_BASE%arena/static/${name}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="robots" content="noindex">
    <meta name="arena-base-url" content="%BASE_URL%">
    <meta name="arena-host" content="%HOST%">
    <meta name="arena-packages-url" content="%PACKAGES_URL%">
    <meta name="csp-nonce" content="%NONCE%">
    <title>Arena</title>
    <link rel="icon" type="image/svg+xml" href="${asset(icon)}">
    <link rel="stylesheet" href="${asset(style)}" nonce="%NONCE%">
${preloads.map(name => `    <link rel="modulepreload" href="${asset(name)}" nonce="%NONCE%">\n`).join('')}\
    <script type="module" src="${asset(script)}" nonce="%NONCE%"></script>
  </head>
  <body>
    <div id="root"></div>
    <noscript>Arena is an editor for two. It needs JavaScript.</noscript>
  </body>
</html>
`;
}

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: {
    guest: path.join('src', 'guest.tsx'),
    style: 'arena:style',
    icon: path.join('style', 'icon.svg')
  },
  outdir: OUT,
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'copy' },
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'info',
  alias: preact,
  plugins: [noJupyter, themes, groups]
});

/** The only output whose path matches `pattern`. */
function output(pattern) {
  const found = Object.keys(metafile.outputs).find(file => pattern.test(file));
  if (!found) {
    throw new Error(`expected an output like ${pattern}, got ${Object.keys(metafile.outputs)}`);
  }
  return found;
}

/** All chunks that `file` imports statically; the page preloads them in parallel. */
function preloads(file, found = new Set()) {
  for (const imported of metafile.outputs[file].imports) {
    if (imported.kind === 'import-statement' && !found.has(imported.path)) {
      found.add(imported.path);
      preloads(imported.path, found);
    }
  }
  return found;
}

/** The highest quality, with the size known and a window of 16 MiB. */
const BROTLI = { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } };

const guest = output(/guest-\w+\.js$/);
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
for (const { path: file, contents } of outputFiles) {
  await writeFile(file, contents);
  await writeFile(`${file}.gz`, gzipSync(contents, { level: 9 }));
  await writeFile(`${file}.br`, brotliCompressSync(contents, BROTLI));
}
await writeFile(
  path.join(OUT, 'page.html'),
  page({
    script: path.basename(guest),
    preloads: [...preloads(guest)].map(file => path.basename(file)),
    style: path.basename(output(/style-\w+\.css$/)),
    icon: path.basename(output(/icon-\w+\.svg$/))
  })
);
await writeFile(
  path.join(OUT, 'third-party-licenses.txt'),
  await licences(Object.keys(metafile.inputs))
);
