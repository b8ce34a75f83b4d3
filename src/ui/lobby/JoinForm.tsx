/** The page on which a guest enters a name before joining. */
import { useState } from 'react';
import type { FormEvent, JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import { ErrorMessage } from '../common/ErrorMessage';

/**
 * `error` is the message of the last attempt to join. `mayContinue`: the person may go on as a participant
 * who is here already, on another device; `continues` is that choice at first.
 */
export function JoinForm(props: {
  busy: boolean;
  error: string | null;
  mayContinue: boolean;
  continues?: boolean;
  onJoin: (name: string, seat: boolean) => void;
}): JSX.Element {
  const [name, setName] = useState('');
  const [continues, setContinues] = useState(props.continues ?? false);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed !== '') {
      props.onJoin(trimmed, continues);
    }
  };
  return (
    <main className="arena-page arena-join">
      <form className="arena-card arena-form" onSubmit={onSubmit}>
        <h1>Join the interview</h1>
        <label>
          Your name
          <input
            value={name}
            required
            readOnly={props.busy}
            autoFocus
            autoComplete="name"
            maxLength={LIMITS.name}
            onChange={event => setName(event.target.value)}
          />
        </label>
        {props.mayContinue && (
          <label className="arena-check">
            <input
              type="checkbox"
              checked={continues}
              onChange={event => setContinues(event.target.checked)}
            />
            I was here before, on another device
          </label>
        )}
        {continues && (
          <p className="arena-note">
            Enter the same name. The interviewer lets you in; your other page then closes.
          </p>
        )}
        <button className="arena-button arena-primary arena-large" disabled={props.busy}>
          {props.busy ? 'Joining…' : 'Join'}
        </button>
        <ErrorMessage text={props.error} />
        <p className="arena-note">
          Typing and runs are recorded for the interviewers. A candidate keeps a copy of the code:
          after the end it is in this browser, to copy and to download.
        </p>
      </form>
    </main>
  );
}
