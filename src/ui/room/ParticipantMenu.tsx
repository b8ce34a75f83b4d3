/** The menu of one participant: change the role, or remove from the session. */
import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Api } from '../../connection/rest';
import type { Role, User } from '../../protocol/wire';
import { Dialog, closeDialog } from '../common/Dialog';
import { ROLE_NAMES } from '../common/format';
import { Menu } from '../common/Menu';

const ROLES: readonly Role[] = ['interviewer', 'candidate', 'observer'];

/** REST calls about the participants of a session. */
export interface ParticipantRequests {
  api: Api;
  sessionId: string;
  /** Wait for a call, and show the message of its failure. */
  attempt: (call: Promise<unknown>) => void;
}

export interface ParticipantMenuProps {
  person: User;
  /** The picture of the person, which opens the menu. */
  avatar: ReactNode;
  requests: ParticipantRequests;
  mayChangeRole: boolean;
  mayRemove: boolean;
}

export function ParticipantMenu(props: ParticipantMenuProps): JSX.Element {
  const { person, mayChangeRole, mayRemove } = props;
  const { api, sessionId, attempt } = props.requests;
  const [removing, setRemoving] = useState(false);
  return (
    <>
      <Menu label={props.avatar} name={`Manage ${person.name}`}>
        {mayChangeRole &&
          ROLES.filter(role => role !== person.role).map(role => (
            <button
              key={role}
              type="button"
              onClick={() => attempt(api.changeRole(sessionId, person.id, role))}
            >
              Make {ROLE_NAMES[role].toLowerCase()}
            </button>
          ))}
        {mayRemove && (
          <button type="button" onClick={() => setRemoving(true)}>
            Remove…
          </button>
        )}
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
