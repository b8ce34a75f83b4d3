/** `fs`, over the files of the session and the input of the program; what is written stays in its run. */
import { Buffer } from 'buffer';
import stream from 'readable-stream';
import type { Host } from '../node-host';

type Options = string | { encoding?: string | null; flag?: string } | null | undefined;
type Callback = (error: Error | null, value?: unknown) => void;

const ABSENT =
  'This program reads its whole input at once, and a browser cannot wait for that: put what it is to ' +
  'read into "Input" beforehand.';

export function createFs(host: Host) {
  const { files } = host;

  function failed(code: string, what: string, call: string, path: unknown): Error {
    const shown = String(path);
    const message = `${code}: ${what}, ${call} '${shown}'`;
    return Object.assign(new Error(message), { errno: -2, code, syscall: call, path: shown });
  }

  const nameOf = (path: unknown): string =>
    (path instanceof URL ? decodeURIComponent(path.pathname) : String(path)).replace(/^\.?\//, '');
  const encoding = (options: Options): string | null =>
    (typeof options === 'string' ? options : options?.encoding) ?? null;
  const isInput = (path: unknown): boolean =>
    path === 0 || path === '/dev/stdin' || path === '/proc/self/fd/0';

  function contents(path: unknown): string {
    if (isInput(path)) {
      if (host.input.live) {
        throw new Error(ABSENT);
      }
      return host.input.rest();
    }
    const text = files.get(nameOf(path));
    if (text === undefined) {
      throw failed('ENOENT', 'no such file or directory', 'open', path);
    }
    return text;
  }

  const readFileSync = (path: unknown, options?: Options): unknown => {
    const bytes = Buffer.from(contents(path));
    const as = encoding(options);
    return as === null ? bytes : bytes.toString(as as BufferEncoding);
  };
  const text = (data: unknown): string =>
    data instanceof Uint8Array ? Buffer.from(data).toString() : String(data);
  const writeFileSync = (path: unknown, data: unknown, options?: Options): void => {
    if (path === 1 || path === 2 || path === '/dev/stdout' || path === '/dev/stderr') {
      host.output.write(path === 2 || path === '/dev/stderr' ? 'stderr' : 'stdout', text(data));
      return;
    }
    const adds = typeof options === 'object' && options?.flag === 'a';
    files.set(nameOf(path), (adds ? (files.get(nameOf(path)) ?? '') : '') + text(data));
  };
  const existsSync = (path: unknown): boolean =>
    isInput(path) || nameOf(path) === '' || nameOf(path) === '.' || files.has(nameOf(path));
  const statSync = (path: unknown): object => {
    const size = Buffer.byteLength(contents(path));
    return { size, isFile: () => true, isDirectory: () => false };
  };
  const sync = {
    readFileSync,
    writeFileSync,
    appendFileSync: (path: unknown, data: unknown) => writeFileSync(path, data, { flag: 'a' }),
    writeSync: (to: unknown, data: unknown) => {
      writeFileSync(to, data);
      return text(data).length;
    },
    readdirSync: () => [...files.keys()].sort(),
    unlinkSync: (path: unknown) => {
      contents(path);
      files.delete(nameOf(path));
    },
    statSync,
    accessSync: (path: unknown) => void statSync(path),
    mkdirSync: () => undefined,
    rmSync: (path: unknown) => void files.delete(nameOf(path))
  };
  type Name = keyof typeof sync;
  const call = sync as Readonly<Record<Name, (...given: unknown[]) => unknown>>;
  const names = (Object.keys(sync) as Name[]).map(name => [name, name.slice(0, -4)] as const);
  /** The whole input, also where a person types it. */
  const wholeInput = async (options: Options): Promise<unknown> => {
    const lines: string[] = [];
    for (let line = await host.input.read(''); line !== null; line = await host.input.read('')) {
      lines.push(`${line}\n`);
    }
    const bytes = Buffer.from(lines.join(''));
    const as = encoding(options);
    return as === null ? bytes : bytes.toString(as as BufferEncoding);
  };
  const later = async (name: Name, given: unknown[]): Promise<unknown> => {
    await new Promise<void>(resolve => host.later(resolve));
    return name === 'readFileSync' && isInput(given[0]) && host.input.live
      ? wholeInput(given[1] as Options)
      : call[name](...given);
  };
  const promises = Object.fromEntries(
    names.map(([name, plain]) => [plain, (...given: unknown[]) => later(name, given)])
  );
  const callbacks = Object.fromEntries(
    names.map(([name, plain]) => [
      plain,
      (...given: unknown[]) => {
        const done = given.pop() as Callback;
        later(name, given).then(
          value => host.later(() => done(null, value)),
          (error: unknown) => host.later(() => done(error as Error))
        );
      }
    ])
  );
  const createReadStream = (path: unknown, options?: Options): unknown =>
    stream.Readable.from(
      (async function* () {
        yield await later('readFileSync', [path, options]);
      })()
    );
  return { ...callbacks, ...sync, existsSync, createReadStream, promises };
}
