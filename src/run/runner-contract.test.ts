/** The echo runner fulfils the contract; tests/browser/test_sandbox.py checks the real runners. */
import { describe, test } from 'vitest';
import { CONTRACT, PROGRAMS } from '../testing/runner-contract';
import { EchoRunner } from '../testing/echo-runner';

describe('the echo runner', () => {
  for (const [rule, check] of Object.entries(CONTRACT)) {
    test(rule, () => check(new EchoRunner(), PROGRAMS.echo));
  }
});
