/**
 * Builds the guest page, src/guest.tsx, into arena_ext/static/: scripts and style named by the hash
 * of their content, each with its .gz and .br beside it, and page.html, the template that the server fills.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
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

/** The `--jp-*` variables of one JupyterLab theme: only its `:root` blocks. */
async function themeVariables(name) {
  const file = require.resolve(`@jupyterlab/theme-${name}-extension/style/variables.css`);
  const blocks = (await readFile(file, 'utf8')).match(/^:root\s*\{[^}]*\}/gm);
  if (!blocks) {
    throw new Error(`expected :root blocks in ${file}, got none`);
  }
  return blocks.join('\n');
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
  const asset = name => `%BASE_URL%arena/static/${name}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="robots" content="noindex">
    <meta name="arena-base-url" content="%BASE_URL%">
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
  plugins: [noJupyter, themes]
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

const guest = output(/guest-\w+\.js$/);
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
for (const { path: file, contents } of outputFiles) {
  await writeFile(file, contents);
  await writeFile(`${file}.gz`, gzipSync(contents, { level: 9 }));
  await writeFile(`${file}.br`, brotliCompressSync(contents));
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
