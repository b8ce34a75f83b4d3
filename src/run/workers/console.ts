/** The program's `console`, which prints as Node's does. */
import { formatWithOptions, inspect } from 'node-inspect-extracted';
import type { Output } from './output';
import { table } from './table';

/** Replace the methods of the global `console` by ones that write to `output`. */
export function installConsole(output: Output): void {
  const counts = new Map<string, number>();
  const times = new Map<string, number>();
  let indent = '';

  const line = (stream: 'stdout' | 'stderr', text: string): void => {
    const shown = indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`);
    output.write(stream, `${shown}\n`);
  };
  const print =
    (stream: 'stdout' | 'stderr') =>
    (...args: unknown[]): void =>
      line(stream, formatWithOptions({}, ...args));
  const log = print('stdout');
  const warn = print('stderr');
  const open = (...args: unknown[]): void => {
    if (args.length > 0) {
      log(...args);
    }
    indent += '  ';
  };
  const elapsed = (label: string): string | null => {
    const start = times.get(label);
    if (start === undefined) {
      warn(`Warning: No such label '${label}' for console.time`);
      return null;
    }
    return `${label}: ${(performance.now() - start).toFixed(3)}ms`;
  };

  Object.assign(console, {
    log,
    info: log,
    debug: log,
    warn,
    error: warn,
    dir: (value: unknown, options?: object) => line('stdout', inspect(value, { ...options })),
    dirxml: log,
    table: (data: unknown, columns?: readonly string[]) => {
      const text = table(data, columns);
      if (text === null) {
        log(data);
      } else {
        line('stdout', text);
      }
    },
    trace: (...args: unknown[]) => {
      const stack = (new Error().stack ?? '').split('\n').slice(1).join('\n');
      line('stderr', `Trace: ${formatWithOptions({}, ...args)}\n${stack}`.trimEnd());
    },
    assert: (condition?: unknown, ...args: unknown[]) => {
      if (!condition) {
        const [first, ...rest] = args;
        if (typeof first === 'string') {
          warn(`Assertion failed: ${first}`, ...rest);
        } else {
          warn(args.length > 0 ? 'Assertion failed:' : 'Assertion failed', ...args);
        }
      }
    },
    count: (label: unknown = 'default') => {
      const name = String(label);
      const next = (counts.get(name) ?? 0) + 1;
      counts.set(name, next);
      line('stdout', `${name}: ${next}`);
    },
    countReset: (label: unknown = 'default') => counts.delete(String(label)),
    group: open,
    groupCollapsed: open,
    groupEnd: () => {
      indent = indent.slice(2);
    },
    time: (label: unknown = 'default') => times.set(String(label), performance.now()),
    timeLog: (label: unknown = 'default', ...args: unknown[]) => {
      const text = elapsed(String(label));
      if (text !== null) {
        log(text, ...args);
      }
    },
    timeEnd: (label: unknown = 'default') => {
      const text = elapsed(String(label));
      if (text !== null) {
        line('stdout', text);
        times.delete(String(label));
      }
    },
    clear: () => undefined
  });
}
