/**
 * The contract of every Runner, as checks without a test framework: the echo runner is checked in
 * Node, the real runners in a browser.
 */
import type { Chunk, Language } from '../protocol/wire';
import type { RunOutcome, Runner } from '../client/runner';

/** Small programs with the same meaning in every language. */
export interface Programs {
  /** Print these lines. */
  says: (...lines: string[]) => string;
  /** Print a line, then go on for ever. */
  hangsAfter: (line: string) => string;
  /** Print a line, then fail with a message. */
  failsAfter: (line: string, message: string) => string;
  /** The expected output of printed lines. */
  seen: (...lines: string[]) => string;
}

const asLines = (...lines: string[]): string => lines.map(line => `${line}\n`).join('');

const SCRIPT: Programs = {
  says: (...lines) => lines.map(line => `console.log(${JSON.stringify(line)})`).join('\n'),
  hangsAfter: line => `console.log(${JSON.stringify(line)})\nwhile (true) {}`,
  failsAfter: (line, message) =>
    `console.log(${JSON.stringify(line)})\nthrow new Error(${JSON.stringify(message)})`,
  seen: asLines
};

const select = (line: string): string => `SELECT '${line}' AS said;\n`;

export const PROGRAMS: Readonly<Record<'echo' | Language, Programs>> = {
  echo: {
    says: (...lines) => lines.join('\n'),
    hangsAfter: line => `${line}\nforever`,
    failsAfter: (line, message) => `${line}\nfail ${message}`,
    seen: asLines
  },
  javascript: SCRIPT,
  typescript: SCRIPT,
  python: {
    says: (...lines) => lines.map(line => `print(${JSON.stringify(line)})`).join('\n'),
    hangsAfter: line => `print(${JSON.stringify(line)})\nwhile True: pass`,
    failsAfter: (line, message) =>
      `print(${JSON.stringify(line)})\nraise ValueError(${JSON.stringify(message)})`,
    seen: asLines
  },
  sql: {
    says: (...lines) => lines.map(select).join(''),
    hangsAfter: line =>
      `${select(line)}WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n`,
    failsAfter: (line, message) => `${select(line)}SELECT * FROM "${message}"`,
    seen: (...lines) =>
      lines.map(line => JSON.stringify({ columns: ['said'], rows: [[line]], total: 1 })).join('')
  }
};

/** A time limit, in milliseconds, that is ample for a run that ends by itself. */
const AMPLE = 60_000;

type Check = (runner: Runner, programs: Programs) => Promise<void>;

/**
 * The contract: a check for each rule, by the rule's text. A check throws when the rule is broken.
 */
export const CONTRACT: Readonly<Record<string, Check>> = {
  'a fresh runner is idle, and ready after its first run': async (runner, { says }) => {
    same(runner.state.phase, 'idle');
    const phases: string[] = [];
    const end = runner.subscribe(() => phases.push(runner.state.phase));
    await run(runner, says('hello'));
    end();
    same(runner.state.phase, 'ready');
    same(phases.includes('ready'), true);
  },

  'output arrives in order, before the outcome': async (runner, { says, seen }) => {
    const { text, outcome } = await run(runner, says('one', 'two', 'three'));
    same(text, seen('one', 'two', 'three'));
    same(outcome.status, 'ok');
    same(outcome.error, null);
  },

  'a failing program is an outcome, with its output before': async (runner, programs) => {
    const { text, outcome } = await run(runner, programs.failsAfter('so far', 'too bad'));
    same(text, programs.seen('so far'));
    same(outcome.status, 'error');
    same(outcome.error?.includes('too bad'), true);
  },

  'stopping ends an endless program, and the next one runs': async (runner, programs) => {
    const stop = new AbortController();
    const { text, outcome } = await run(runner, programs.hangsAfter('in it'), stop, () =>
      stop.abort()
    );
    same(text, programs.seen('in it'));
    same(outcome.status, 'stopped');
    same(outcome.error, null);
    same((await run(runner, programs.says('again'))).text, programs.seen('again'));
  },

  'a run that is stopped before it begins never starts': async (runner, { says }) => {
    const stop = new AbortController();
    stop.abort();
    const { text, outcome } = await run(runner, says('never'), stop);
    same(text, '');
    same(outcome.status, 'stopped');
  },

  'the time limit ends an endless program, and the next one runs': async (runner, programs) => {
    const chunks: Chunk[] = [];
    const outcome = await runner.run(
      { code: programs.hangsAfter('in it'), timeLimit: 500 },
      chunk => chunks.push(chunk),
      new AbortController().signal
    );
    same(outcome.status, 'timeout');
    same(outcome.error?.includes('time limit'), true);
    same(outcome.durationMs >= 490, true);
    same((await run(runner, programs.says('again'))).text, programs.seen('again'));
  },

  'a second run waits for the first': async (runner, { hangsAfter, says }) => {
    const order: string[] = [];
    const stop = new AbortController();
    const first = run(runner, hangsAfter('first'), stop, () => {
      order.push('first runs');
      stop.abort();
    });
    const second = run(runner, says('second'), new AbortController(), () => {
      order.push('second runs');
    });
    same((await first).outcome.status, 'stopped');
    same((await second).outcome.status, 'ok');
    same(order.join(', '), 'first runs, second runs');
  },

  'preparing twice is harmless': async (runner, { says }) => {
    runner.prepare();
    runner.prepare();
    same((await run(runner, says('hello'))).outcome.status, 'ok');
  },

  'disposing ends a run': async (runner, { hangsAfter }) => {
    const { outcome } = await run(runner, hangsAfter('in it'), new AbortController(), () =>
      runner.dispose()
    );
    same(outcome.status, 'error');
  }
};

/** Run a program to its end; `onOutput` is called once, at its first output. */
async function run(
  runner: Runner,
  code: string,
  stop = new AbortController(),
  onOutput: () => void = () => undefined
): Promise<{ text: string; outcome: RunOutcome }> {
  let text = '';
  const outcome = await runner.run(
    { code, timeLimit: AMPLE },
    chunk => {
      const first = text === '';
      text += chunk.data;
      if (first) {
        onOutput();
      }
    },
    stop.signal
  );
  return { text, outcome };
}

function same(actual: unknown, expected: unknown): void {
  if (actual !== expected) {
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}
