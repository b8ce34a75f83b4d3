/** The options of this participant's runs: their input, and whether state is kept between them. */
import type { JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import type { Runner } from '../../client/runner';
import type { RunOptions as Options } from '../../client/run-controller';

interface RunOptionsProps {
  input: Runner['input'];
  options: Options;
  onChange: (options: Partial<Options>) => void;
}

export function RunOptions({ input, options, onChange }: RunOptionsProps): JSX.Element {
  return (
    <details className="arena-run-options" open={input === 'beforehand' || undefined}>
      <summary>My runs: {summaryOf(options)}</summary>
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
            spellCheck="false"
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

function summaryOf({ keepState, stdin }: Options): string {
  const state = keepState ? 'state is kept' : 'each starts afresh';
  return stdin === '' ? state : `${state}, input is given`;
}
