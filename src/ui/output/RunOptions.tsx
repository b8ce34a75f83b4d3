/** How one's own next run is to be: what it reads, and whether it finds what the last one left. */
import type { JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import type { Runner } from '../../client/runner';
import type { RunOptions } from '../../client/run-controller';

export interface OptionsProps {
  input: Runner['input'];
  options: RunOptions;
  onChange: (options: Partial<RunOptions>) => void;
}

export function Options({ input, options, onChange }: OptionsProps): JSX.Element {
  return (
    <details className="arena-run-options" open={input === 'beforehand' || undefined}>
      <summary>My runs: {described(options)}</summary>
      <label>
        <input
          type="checkbox"
          checked={options.keepState}
          onChange={event => onChange({ keepState: event.target.checked })}
        />{' '}
        Keep state from run to run, as a notebook does
      </label>
      {input !== 'none' && (
        <label>
          Input, one line for each question
          <textarea
            className="arena-input"
            rows={2}
            maxLength={LIMITS.input}
            spellCheck={false}
            value={options.stdin}
            onChange={event => onChange({ stdin: event.target.value })}
          />
        </label>
      )}
      {input === 'beforehand' && (
        <p className="arena-note">
          This browser cannot ask while a program runs: give here what it is to read, before you
          press Run.
        </p>
      )}
    </details>
  );
}

function described({ keepState, stdin }: RunOptions): string {
  const state = keepState ? 'state is kept' : 'each starts afresh';
  return stdin === '' ? state : `${state}, input is given`;
}
