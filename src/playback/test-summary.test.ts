/** Test summaries are found in the formats of unittest and pytest only. */
import { expect, it } from 'vitest';

import { testSummary } from './test-summary';

const RULE = '-'.repeat(70);

it.each([
  ['all of unittest', `.....\n${RULE}\nRan 5 tests in 0.001s\n\nOK\n`, 5, 5],
  ['one test', `.\n${RULE}\nRan 1 test in 0.000s\n\nOK\n`, 1, 1],
  [
    'some of unittest',
    `FF.E.\n${RULE}\nRan 5 tests in 0.012s\n\nFAILED (failures=2, errors=1)\n`,
    5,
    2
  ],
  ['skipped ones', `s.\n${RULE}\nRan 2 tests in 0.012s\n\nOK (skipped=1)\n`, 2, 1],
  ['expected failures', 'Ran 4 tests in 0.1s\n\nFAILED (failures=1, expected failures=1)\n', 4, 2],
  ['the last of two', 'Ran 2 tests in 0.1s\n\nOK\nRan 3 tests in 0.1s\n\nOK\ndone\n', 3, 3],
  ['all of pytest', '=== 2 passed in 0.01s ===\n', 2, 2],
  ['some of pytest', '======= 3 failed, 2 passed, 1 warning in 61.25s (0:01:01) =======\n', 5, 2],
  ['pytest -q', 'FAILED test_it.py::test\n1 failed, 2 passed, 1 skipped in 0.02s\r\n', 4, 2],
  ['errors of pytest', '1 passed, 2 errors in 0.02s', 3, 1]
])('reads %s', (_, output, tests, passed) => {
  expect(testSummary(output)).toEqual({ tests, passed });
});

it.each([
  'OK\n',
  'I passed 3 tests in 2s\n',
  'Ran 5 tests in 0.001s\n',
  'Ran 5 tests in 0.001s, all OK\n',
  'x = "2 passed in 0.01s"\n',
  '3 passed\n',
  '12 monkeys in 3s\n',
  'no tests ran in 0.01s\n',
  'Ran 0 tests in 0.000s\n\nNO TESTS RAN\n',
  'Ran 0 tests in 0.000s\n\nOK\n',
  'Ran 1 test in 0.1s\n\nFAILED (failures=7)\n',
  ''
])('reads nothing in %j', output => {
  expect(testSummary(output)).toBeNull();
});
