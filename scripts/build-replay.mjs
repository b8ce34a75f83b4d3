/**
 * Builds arena_ext/static/replay.html: the player in one self-contained file, from src/replay.tsx,
 * its workers and the style that build-guest.mjs wrote there. The server inserts a title and
 * a recording. Its policy forbids every load, and every script except its own.
 */
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.dirname(import.meta.dirname);
const OUT = path.join(ROOT, 'arena_ext', 'static');

/** A script bundled with its imports, escaped so that it can be inlined in HTML. */
async function bundle(...entry) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [path.join('src', ...entry)],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    logLevel: 'warning'
  });
  // In a script, `<\/` and `<\!` have the same meaning as without the backslash.
  return outputFiles[0].text.trim().replace(/<(?=\/script|!--)/gi, '<\\');
}

async function style() {
  const name = (await readdir(OUT)).find(file => /^style-\w+\.css$/.test(file));
  if (!name) {
    throw new Error(`expected a style in ${OUT}: build the guest page first`);
  }
  return (await readFile(path.join(OUT, name), 'utf8')).trim();
}

const script = await bundle('replay.tsx');
const worker = await bundle('playback', 'worker.ts');
const markup = await bundle('markup', 'worker.ts');
const css = await style();
if (/<\/style|url\((?!['"]?data:)/i.test(css)) {
  throw new Error('the style must not load anything, nor end early');
}
const hash = createHash('sha256').update(script).digest('base64');
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${hash}'`,
  "style-src 'nonce-%NONCE%'",
  'img-src data:',
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'"
].join('; ');

await writeFile(
  path.join(OUT, 'replay.html'),
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="csp-nonce" content="%NONCE%">
    <title>%TITLE%</title>
    <style nonce="%NONCE%">${css}</style>
  </head>
  <body>
    <div id="root"></div>
    <noscript>This is the recording of an interview. Its player needs JavaScript.</noscript>
    <script id="player" type="application/x-worker">${worker}</script>
    <script id="markup" type="application/x-worker">${markup}</script>
    <script id="recording" type="application/x-ndjson">%RECORDING%</script>
    <script>${script}</script>
  </body>
</html>
`
);
