/** The small modules: timers, `os` and `url`. */
import { Buffer } from 'buffer';
import type { Host } from '../node-host';

type Act = (...given: unknown[]) => void;

/** `timers`, and the globals that only Node has. */
export function createTimers(host: Host) {
  const open = new Set<object>();
  const setImmediate = (act: Act, ...given: unknown[]): object => {
    const immediate = {};
    open.add(immediate);
    host.later(() => {
      if (open.delete(immediate)) {
        act(...given);
      }
    });
    return immediate;
  };
  const clearImmediate = (immediate: object): void => void open.delete(immediate);
  const after = <T>(milliseconds = 1, value?: T): Promise<T | undefined> =>
    new Promise(resolve => {
      host.setTimeout(() => resolve(value), milliseconds);
    });
  const promises = {
    setTimeout: after,
    setImmediate: <T>(value?: T) => after(0, value),
    setInterval: async function* <T>(milliseconds = 1, value?: T) {
      for (;;) {
        yield await after(milliseconds, value);
      }
    },
    scheduler: { wait: (milliseconds: number) => after(milliseconds) }
  };
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const timers = {
    setTimeout,
    setInterval,
    clearTimeout,
    clearInterval,
    setImmediate,
    clearImmediate,
    promises
  };
  return { timers, setImmediate, clearImmediate };
}

/** A computer that tells nothing about itself. */
export const os = {
  EOL: '\n',
  arch: () => 'wasm32',
  cpus: () => [],
  endianness: () => 'LE',
  freemem: () => 0,
  homedir: () => '/',
  hostname: () => 'localhost',
  platform: () => 'browser',
  tmpdir: () => '/tmp',
  totalmem: () => 0,
  type: () => 'Browser',
  availableParallelism: () => navigator.hardwareConcurrency
};

export const url = {
  URL,
  URLSearchParams,
  fileURLToPath: (of: string | URL) => decodeURIComponent(new URL(of).pathname),
  pathToFileURL: (path: string) => new URL(`file://${encodeURI(path)}`)
};

/** What `crypto` has for random values; its hashes and ciphers are not here. */
export const random = {
  webcrypto: crypto,
  subtle: crypto.subtle,
  getRandomValues: <T extends ArrayBufferView<ArrayBuffer>>(into: T) =>
    crypto.getRandomValues(into),
  // Without HTTPS, a browser has none.
  // eslint-disable-next-line no-restricted-properties
  randomUUID: () => crypto.randomUUID(),
  randomBytes: (size: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(size))),
  randomInt: (low: number, high?: number) => {
    const [from, to] = high === undefined ? [0, low] : [low, high];
    return from + Math.floor(Math.random() * (to - from));
  }
};
