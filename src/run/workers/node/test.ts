/** `node:test` and the usual globals of test files: `describe`, `it`, `expect`. */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState
} from '@vitest/expect';
import * as chai from 'chai';
import { inspect } from 'node-inspect-extracted';
import type { Host } from '../node-host';

type Act = (context: object, done?: () => void) => unknown;
interface Suite {
  name: string;
  parent: Suite | null;
  before: Act[];
  after: Act[];
  beforeEach: Act[];
  afterEach: Act[];
  entries: (Case | Suite)[];
}
interface Case {
  name: string;
  act: Act | null;
}

export function createTest(host: Host) {
  const root = newSuite('', null);
  let current = root;
  const counts = { tests: 0, suites: 0, pass: 0, fail: 0, skipped: 0 };
  const print = (text: string): void => host.output.write('stdout', `${text}\n`);

  const read = (
    given: unknown[]
  ): { name: string; act: Act | null; options: { skip?: unknown } } => {
    const act = given.find(each => typeof each === 'function') as Act | undefined;
    const options = given.find(each => typeof each === 'object' && each !== null) ?? {};
    const name = typeof given[0] === 'string' ? given[0] : (act?.name ?? '');
    return { name: name === '' ? '<anonymous>' : name, act: act ?? null, options };
  };
  const it = (...given: unknown[]): void => {
    const { name, act, options } = read(given);
    current.entries.push({ name, act: options.skip ? null : act });
  };
  const skip = (...given: unknown[]): void => {
    current.entries.push({ name: read(given).name, act: null });
  };
  const describe = (...given: unknown[]): void => {
    const { name, act } = read(given);
    const suite = newSuite(name, current);
    current.entries.push(suite);
    current = suite;
    try {
      act?.({});
    } finally {
      current = suite.parent ?? root;
    }
  };
  const hook = (kind: 'before' | 'after' | 'beforeEach' | 'afterEach') => (act: Act) => {
    current[kind].push(act);
  };
  const each =
    (of: (...given: unknown[]) => void) =>
    (table: readonly unknown[]) =>
    (name: string, act: (...row: unknown[]) => unknown): void =>
      table.forEach((row, index) => {
        const values = Array.isArray(row) ? (row as unknown[]) : [row];
        let at = 0;
        const shown = name
          .replace(/%[sdifjop]/g, () => {
            const value = values[at++];
            return typeof value === 'string' ? value : inspect(value);
          })
          .replaceAll('%#', String(index));
        of(shown, () => act(...values));
      });

  async function runSuite(suite: Suite, depth: number): Promise<boolean> {
    const indent = '  '.repeat(depth);
    const before = counts.fail;
    for (const act of suite.before) await act({});
    for (const entry of suite.entries) {
      if ('entries' in entry) {
        counts.suites += 1;
        print(`${indent}▶ ${entry.name}`);
        const passed = await runSuite(entry, depth + 1);
        print(`${indent}${passed ? '✔' : '✖'} ${entry.name}`);
      } else {
        await runCase(entry, suite, indent);
      }
    }
    for (const act of suite.after) await act({});
    return counts.fail === before;
  }

  async function runCase({ name, act }: Case, suite: Suite, indent: string): Promise<void> {
    counts.tests += 1;
    if (act === null) {
      counts.skipped += 1;
      print(`${indent}﹣ ${name} # SKIP`);
      return;
    }
    const around: Suite[] = [];
    for (let each: Suite | null = suite; each !== null; each = each.parent) around.unshift(each);
    try {
      for (const each of around) for (const hooked of each.beforeEach) await hooked({});
      await act({ name });
      for (const each of around) for (const hooked of each.afterEach) await hooked({});
      counts.pass += 1;
      print(`${indent}✔ ${name}`);
    } catch (error) {
      counts.fail += 1;
      print(`${indent}✖ ${name}`);
      print(host.explain(error).replace(/^/gm, `${indent}  `));
    }
  }

  /** Run what was described, and sum up; the error of the program, or null. */
  async function end(): Promise<string | null> {
    if (root.entries.length === 0) {
      return null;
    }
    await runSuite(root, 0);
    for (const [name, count] of Object.entries(counts)) {
      if (count > 0 || !['suites', 'skipped'].includes(name)) print(`ℹ ${name} ${count}`);
    }
    root.entries.length = 0;
    return counts.fail === 0 ? null : `${counts.fail} of ${counts.tests} tests failed`;
  }

  const hooks = {
    before: hook('before'),
    after: hook('after'),
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach')
  };
  const test = Object.assign(it, { skip, todo: skip, only: it, each: each(it) });
  const suite = Object.assign(describe, { skip, only: describe, each: each(describe) });
  const all = { test, it: test, describe: suite, suite, ...hooks };
  return {
    module: Object.assign(
      (...given: unknown[]) => {
        it(...given);
        return Promise.resolve();
      },
      { ...all, skip, todo: skip, only: it }
    ),
    globals: {
      ...all,
      beforeAll: hooks.before,
      afterAll: hooks.after,
      expect: createExpect()
    },
    end
  };
}

function newSuite(name: string, parent: Suite | null): Suite {
  return { name, parent, before: [], after: [], beforeEach: [], afterEach: [], entries: [] };
}

/** `expect` of Vitest, whose matchers are those of Jest. */
function createExpect(): unknown {
  chai.use(JestExtend);
  chai.use(JestChaiExpect);
  chai.use(JestAsymmetricMatchers);
  const expect = (value: unknown, message?: string): unknown => chai.expect(value, message);
  Object.assign(expect, chai.expect);
  Object.assign(expect, (globalThis as never)[ASYMMETRIC_MATCHERS_OBJECT]);
  Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, configurable: true });
  setState(
    {
      assertionCalls: 0,
      isExpectingAssertions: false,
      isExpectingAssertionsError: null,
      expectedAssertionsNumber: null,
      expectedAssertionsNumberErrorGen: null
    },
    expect as never
  );
  return expect;
}
