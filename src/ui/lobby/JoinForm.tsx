/** The pages before and after a room: the guest's name, and the ends of the road. */
import { useState } from 'react';
import type { FormEvent, JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import { ErrorMessage } from '../common/ErrorMessage';

/** Asks for a name; `problem` is what went wrong with the last one. */
export function JoinForm(props: {
  busy: boolean;
  problem: string | null;
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
            autoFocus
            autoComplete="name"
            maxLength={LIMITS.name}
            onChange={event => setName(event.target.value)}
          />
        </label>
        <button className="arena-button arena-primary arena-big" disabled={props.busy}>
          {props.busy ? 'Joining…' : 'Join'}
        </button>
        <ErrorMessage text={props.problem} />
        <p className="arena-note">Typing and runs are recorded for the interviewers.</p>
      </form>
    </main>
  );
}

/** Why there is no room to show. */
export type JoinFailure = 'no-way-in' | 'declined' | 'removed' | 'ended' | 'broken';

const JOIN_FAILURES: Readonly<Record<JoinFailure, { title: string; text: string }>> = {
  'no-way-in': {
    title: 'This link does not work.',
    text: 'Ask your interviewer for a new one.'
  },
  declined: {
    title: 'The interviewer declined.',
    text: 'You were not let in. If that was a mistake, ask your interviewer.'
  },
  removed: {
    title: 'You were removed from this interview.',
    text: 'The interviewer has ended your part in it. You can close this page.'
  },
  ended: {
    title: 'This interview has ended.',
    text: 'Thank you. You can close this page.'
  },
  broken: {
    title: 'Something went wrong on the way in.',
    text: 'Reload the page. If that does not help, tell your interviewer.'
  }
};

export function JoinFailedPage({ reason }: { reason: JoinFailure }): JSX.Element {
  const { title, text } = JOIN_FAILURES[reason];
  return (
    <main className="arena-page arena-join">
      <div className="arena-card" role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
    </main>
  );
}

/** While something short is under way that needs nothing from the person. */
export function WaitingPage({ text }: { text: string }): JSX.Element {
  return (
    <main className="arena-page arena-join">
      <p role="status" className="arena-note">
        {text}
      </p>
    </main>
  );
}
