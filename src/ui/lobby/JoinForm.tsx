/** The page on which a guest enters a name before joining. */
import { useState } from 'react';
import type { FormEvent, JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import { ErrorMessage } from '../common/ErrorMessage';

/** `error` is the message of the last attempt to join. */
export function JoinForm(props: {
  busy: boolean;
  error: string | null;
  onJoin: (name: string) => void;
}): JSX.Element {
  const [name, setName] = useState('');
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed !== '') {
      props.onJoin(trimmed);
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
        <button className="arena-button arena-primary arena-large" disabled={props.busy}>
          {props.busy ? 'Joining…' : 'Join'}
        </button>
        <ErrorMessage text={props.error} />
        <p className="arena-note">Typing and runs are recorded for the interviewers.</p>
      </form>
    </main>
  );
}
