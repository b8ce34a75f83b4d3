/** What a name in an import or a `require` stands for. */

/** Modules of Node that the library for programs has; `src/run/workers/node/` has them. */
export const PROVIDED: ReadonlySet<string> = new Set(
  `assert assert/strict buffer crypto events fs fs/promises module os path path/posix perf_hooks process
   readline readline/promises stream string_decoder test timers timers/promises url util`.split(
    /\s+/
  )
);

/** Other modules of Node. */
const ABSENT: ReadonlySet<string> = new Set(
  `async_hooks child_process cluster console constants dgram diagnostics_channel dns
   dns/promises domain http http2 https inspector inspector/promises net punycode querystring repl sea
   sqlite stream/consumers stream/promises stream/web sys tls trace_events tty v8 vm wasi
   worker_threads zlib`.split(/\s+/)
);

/** The meaning of a name; a missing one has a message for people, with the file that imports it. */
export type Target =
  | { kind: 'file'; name: string }
  | { kind: 'builtin'; name: string }
  | { kind: 'missing'; message: (importer?: string) => string };

/** Resolve a name among the files of a program. Names of files may lack their extension. */
export function resolve(
  written: string,
  files: Readonly<Record<string, string>>,
  extensions: readonly string[]
): Target {
  if (/^\.{0,2}\//.test(written)) {
    const path = written.replace(/^\.?\//, '');
    // In TypeScript, an import may name the file that is made of another.
    const stem = path.replace(/\.js$/, '');
    const name = [path, ...extensions.flatMap(each => [path + each, stem + each])].find(each =>
      Object.hasOwn(files, each)
    );
    return name === undefined
      ? missing(`Cannot find module '${written}'`, 'there is no file with this name')
      : { kind: 'file', name };
  }
  const plain = written.replace(/^node:/, '');
  if (PROVIDED.has(plain)) {
    return { kind: 'builtin', name: plain };
  }
  if (ABSENT.has(plain)) {
    return missing(`Cannot find module '${written}'`, 'this part of Node is not in a browser');
  }
  return /^[a-z][a-z\d+.-]*:/.test(written)
    ? missing(`Cannot load '${written}'`, 'a program reaches nothing beyond its sandbox')
    : missing(`Cannot find package '${written}'`, 'packages from npm are not available here');
}

function missing(what: string, why: string): Target {
  const from = (importer?: string): string =>
    importer === undefined ? '' : ` imported from ${importer}`;
  return { kind: 'missing', message: importer => `${what}${from(importer)}: ${why}` };
}
