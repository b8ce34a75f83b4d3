/**
 * Test summary: the counts that unittest or pytest printed at the end of an output. A program can
 * print any text, so the counts are not reliable.
 */

/** The number of tests, and the number that passed. A skipped test did not pass. */
export interface TestSummary {
  tests: number;
  passed: number;
}

/** Characters at the end of an output in which a summary is looked for. */
export const SUMMARY_TAIL = 2000;

/** `Ran 5 tests in 0.002s`, then `FAILED (failures=2, errors=1)` or `OK (skipped=1)`. */
const UNITTEST =
  /^Ran (\d{1,6}) tests? in [\d.]+s\n\n?(?:OK|FAILED)(?: \(([a-z]+[a-z =\d,]*)\))?$/gm;
/** `2 failed, 3 passed, 1 warning in 0.05s`, between signs of equality or without them. */
const PYTEST = /^(?:=+ )?((?:\d{1,6} [a-z]+(?:, )?)+) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$/gm;
/** The words of pytest that count tests. */
const OUTCOMES = ['passed', 'failed', 'error', 'errors', 'skipped', 'xfailed', 'xpassed'];

/** The summary at the end of `output`; null where there is none, or an impossible one. */
export function testSummary(output: string): TestSummary | null {
  const text = output.replaceAll('\r', '');
  return unittest(text) ?? pytest(text);
}

function unittest(text: string): TestSummary | null {
  const found = [...text.matchAll(UNITTEST)].at(-1);
  if (!found) return null;
  const tests = Number(found[1]);
  const others = [...(found[2] ?? '').matchAll(/=(\d{1,6})/g)].map(([, count]) => Number(count));
  return sensible(tests, tests - sum(others));
}

function pytest(text: string): TestSummary | null {
  const found = [...text.matchAll(PYTEST)].at(-1)?.[1];
  if (found === undefined) return null;
  const counts = found.split(', ').map(each => each.split(' '));
  const of = (words: readonly string[]): number =>
    sum(counts.filter(([, word = '']) => words.includes(word)).map(([count]) => Number(count)));
  return sensible(of(OUTCOMES), of(['passed']));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

function sensible(tests: number, passed: number): TestSummary | null {
  return tests > 0 && passed >= 0 ? { tests, passed } : null;
}
