/** What interviewers may do about people: give them a role, remove them, let them in. */
import { useState } from 'react';
import type { JSX } from 'react';

import type { Api } from '../../connection/rest';
import type { Role, User } from '../../protocol/wire';
import { Dialog, closeDialog } from '../common/Dialog';
import { Menu } from '../common/Menu';
import { ROLE_NAMES } from '../common/format';

const ROLES: readonly Role[] = ['interviewer', 'candidate', 'observer'];

/** The calls in an interviewer's name; `attempt` says what goes wrong with one. */
export interface Rights {
  api: Api;
  sessionId: string;
  attempt: (call: Promise<unknown>) => void;
}

/** What may be done about one person, behind a small button at their name. */
export function ParticipantMenu({ person, rights }: { person: User; rights: Rights }): JSX.Element {
  const { api, sessionId, attempt } = rights;
  const [removing, setRemoving] = useState(false);
  return (
    <>
      <Menu label="" name={`Rights of ${person.name}`}>
        {ROLES.filter(role => role !== person.role).map(role => (
          <button
            key={role}
            type="button"
            onClick={() => attempt(api.changeRole(sessionId, person.id, role))}
          >
            Make {ROLE_NAMES[role].toLowerCase()}
          </button>
        ))}
        <button type="button" onClick={() => setRemoving(true)}>
          Remove…
        </button>
      </Menu>
      {removing && (
        <RemoveDialog
          name={person.name}
          onRemove={revokeInvite => attempt(api.removeUser(sessionId, person.id, { revokeInvite }))}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  );
}

function RemoveDialog(props: {
  name: string;
  onRemove: (revokeInvite: boolean) => void;
  onClose: () => void;
}): JSX.Element {
  const [revoke, setRevoke] = useState(true);
  return (
    <Dialog title={`Remove ${props.name}?`} onClose={props.onClose}>
      <p>They leave at once and see nothing more. What they wrote stays.</p>
      <label className="arena-check">
        <input type="checkbox" checked={revoke} onChange={() => setRevoke(!revoke)} />
        Also revoke the link they came by
      </label>
      <div className="arena-dialog-end">
        <button type="button" className="arena-button" onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="button"
          className="arena-button arena-danger"
          onClick={event => {
            props.onRemove(revoke);
            closeDialog(event);
          }}
        >
          Remove
        </button>
      </div>
    </Dialog>
  );
}

/** Those who wait to be let in; a live region, so that nobody is overlooked. */
export function Waiting(props: { people: Iterable<User>; rights: Rights }): JSX.Element {
  const { api, sessionId, attempt } = props.rights;
  return (
    <div role="status" aria-label="Waiting to be let in">
      {[...props.people].map(({ id, name, role }) => (
        <p key={id} className="arena-banner">
          <span>
            <b>{name}</b> asks to come in as {ROLE_NAMES[role].toLowerCase()}.
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
