// @vitest-environment happy-dom
import type { JSX } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { runnersBy } from '../../client/runner';
import { EchoRunner } from '../../testing/echo-runner';
import { button, mount, settle } from '../../../tests/support/ui';
import { useTryRun } from './use-try-run';

const runners = runnersBy(() => new EchoRunner());

function Tried(): JSX.Element {
  const tryRun = useTryRun(runners, () => 1000);
  const program = { language: 'python', code: 'hello', files: {} } as const;
  return (
    <>
      <button onClick={() => tryRun.run(program)}>Try</button>
      <output>
        {tryRun.runs.map(({ chunks }) => chunks.map(({ data }) => data).join('')).join('|')}
      </output>
    </>
  );
}

describe('a run of a moment', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('works on plain http, where there is no crypto.randomUUID', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const { root } = mount(<Tried />);
    for (const expected of ['hello\n', 'hello\n|hello\n']) {
      await settle(() => button(root, 'Try').click());
      await vi.waitFor(() => expect(root.querySelector('output')?.textContent).toBe(expected));
    }
  });
});
