/** `process`: the input and the output of the program, and what it may know about itself. */
import { Buffer } from 'buffer';
import EventEmitter from 'events';
import { inspect } from 'node-inspect-extracted';
import stream from 'readable-stream';
import type { Host } from '../node-host';

type Act = (...given: unknown[]) => void;

/** Thrown to end a program; nobody is to catch it. */
export class Exit extends Error {
  constructor(code: number) {
    super(`process.exit(${code})`);
  }
}

/** The error of a program that ends with an exit code; null where that is no error. */
export function exitError(code: number): string | null {
  return code === 0 ? null : `The program ended with exit code ${code}`;
}

export function createProcess(host: Host) {
  const waiting: (() => void)[] = [];
  const tick = (): void => {
    for (let act = waiting.shift(); act !== undefined; act = waiting.shift()) {
      act();
    }
  };
  const nextTick = (act: Act, ...given: unknown[]): void => {
    waiting.push(() => act(...given));
    queueMicrotask(tick);
  };
  const start = performance.now();
  const process = Object.assign(new EventEmitter(), {
    argv: ['/usr/local/bin/node', `/${host.main}`],
    argv0: 'node',
    execArgv: [],
    execPath: '/usr/local/bin/node',
    env: {},
    exitCode: undefined as number | undefined,
    pid: 1,
    platform: 'browser',
    arch: 'wasm32',
    title: 'node',
    version: 'v24.0.0',
    versions: { node: '24.0.0' },
    release: { name: 'node' },
    stdin: createStdin(host),
    stdout: createWritable(host, 'stdout'),
    stderr: createWritable(host, 'stderr'),
    cwd: () => '/',
    chdir: () => undefined,
    emitWarning: (warning: unknown) =>
      host.output.write('stderr', `(node) Warning: ${String(warning)}\n`),
    exit: (code?: number): never => {
      const ends = code ?? process.exitCode ?? 0;
      process.exitCode = ends;
      process.emit('exit', ends);
      host.exit(exitError(ends));
      throw new Exit(ends);
    },
    hrtime: Object.assign(
      (since: readonly [number, number] = [0, 0]): [number, number] => {
        const now = performance.now() * 1e6 - since[0] * 1e9 - since[1];
        return [Math.floor(now / 1e9), Math.floor(now % 1e9)];
      },
      { bigint: () => BigInt(Math.round(performance.now() * 1e6)) }
    ),
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
    cpuUsage: () => ({ user: 0, system: 0 }),
    nextTick,
    umask: () => 0o22,
    uptime: () => (performance.now() - start) / 1000
  });
  return { process, tick, exitCode: () => process.exitCode ?? 0 };
}

/** The input as a stream, line by line where a person types it. */
function createStdin(host: Host) {
  const { input } = host;
  const stdin = new stream.Readable({
    read() {
      if (!input.live) {
        host.later(() => {
          const text = input.rest();
          if (text !== '') {
            stdin.push(Buffer.from(text));
          }
          stdin.push(null);
        });
        return;
      }
      input.read('').then(
        line => stdin.push(line === null ? null : Buffer.from(`${line}\n`)),
        (error: unknown) => stdin.destroy(error as Error)
      );
    }
  });
  return Object.assign(stdin, { fd: 0, isTTY: false, setRawMode: () => stdin });
}

function createWritable(host: Host, to: 'stdout' | 'stderr') {
  const write = (data: unknown, encoding?: unknown, done?: unknown): boolean => {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) {
      const received = data === null ? 'null' : `type ${typeof data} (${inspect(data)})`;
      const message =
        'The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or ' +
        `DataView. Received ${received}`;
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    host.output.write(to, typeof data === 'string' ? data : Buffer.from(data).toString());
    const after = typeof encoding === 'function' ? encoding : done;
    if (typeof after === 'function') {
      host.later(after as () => void);
    }
    return true;
  };
  const writable = new stream.Writable({
    decodeStrings: false,
    write(chunk: unknown, _, done) {
      write(chunk);
      done();
    }
  });
  // At once, in the order of the calls of `console.log`.
  return Object.assign(writable, {
    write,
    fd: to === 'stdout' ? 1 : 2,
    isTTY: false,
    columns: 80,
    rows: 24,
    cursorTo: () => true,
    clearLine: () => true
  });
}
