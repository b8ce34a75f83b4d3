/** The guests who wait for admission, each with a button to admit and a button to decline. */
import type { JSX } from 'react';

import type { WaitingGuest } from '../../protocol/wire';
import { ROLE_NAMES } from '../common/format';
import type { ParticipantRequests } from './ParticipantMenu';

/** The list is a live region, so that screen readers read each new person. */
export function WaitingList(props: {
  people: Iterable<WaitingGuest>;
  requests: ParticipantRequests;
}): JSX.Element {
  const { api, sessionId, attempt } = props.requests;
  return (
    <div role="status" aria-label="Waiting to be let in">
      {[...props.people].map(({ id, name, role, seat }) => (
        <p key={id} className="arena-banner">
          <span>
            <b>{name}</b>{' '}
            {seat === undefined
              ? `asks to come in as ${ROLE_NAMES[role].toLowerCase()}.`
              : 'asks to continue on another device. Make sure that it is them: their other page closes.'}
          </span>
          <button
            type="button"
            className="arena-button arena-primary"
            aria-label={`Admit ${name}`}
            onClick={() => attempt(api.admitUser(sessionId, id))}
          >
            Admit
          </button>
          <button
            type="button"
            className="arena-button"
            aria-label={`Decline ${name}`}
            onClick={() => attempt(api.declineUser(sessionId, id))}
          >
            Decline
          </button>
        </p>
      ))}
    </div>
  );
}
