/** The dialog that creates invite links, lists them and revokes them. */
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { Api, CreatedInvite, Invite } from '../../connection/rest';
import type { Role } from '../../protocol/wire';
import { Dialog, closeDialog } from '../common/Dialog';
import { ErrorMessage } from '../common/ErrorMessage';
import { ROLE_NAMES, dayAndTime, messageOf } from '../common/format';
import { LinkField } from '../common/LinkField';

const ROLES: readonly { role: Role; may: string }[] = [
  { role: 'candidate', may: 'writes and runs code' },
  { role: 'observer', may: 'only watches' },
  { role: 'interviewer', may: 'may also invite, lock and end' }
];

/** The limits that a link can have, in people. */
const USES: readonly number[] = [1, 2, 3, 5, 10];

/** `mayShare` says whether the server creates links, `hint` is its text about their reach. */
interface ShareDialogProps {
  api: Api;
  sessionId: string;
  mayShare: boolean;
  hint: string | null;
  onClose: () => void;
}

export function ShareDialog(props: ShareDialogProps): JSX.Element {
  const { api, sessionId } = props;
  const [role, setRole] = useState<Role>('candidate');
  const [uses, setUses] = useState('');
  const [created, setCreated] = useState<CreatedInvite | null>(null);
  const [invites, setInvites] = useState<readonly Invite[]>([]);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let shown = true;
    api.listInvites(sessionId).then(
      list => shown && setInvites(list.filter(isListed)),
      (reason: unknown) => shown && setError(messageOf(reason))
    );
    return () => {
      shown = false;
    };
  }, [api, sessionId]);

  /** Wait for one change on the server, then load the list again; show the error if one fails. */
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    if (busy) {
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await act();
      setInvites((await api.listInvites(sessionId)).filter(isListed));
    } catch (reason) {
      setError(messageOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const onCreate = (): Promise<void> =>
    attempt(async () => {
      const limit = uses === '' ? {} : { maxUses: Number(uses) };
      setCreated(await api.createInvite(sessionId, { role, ...limit }));
    });
  const onRevoke = (invite: Invite): Promise<void> =>
    attempt(async () => {
      await api.revokeInvite(sessionId, invite.id);
      if (created?.id === invite.id) {
        setCreated(null);
      }
    });

  return (
    <Dialog title="Share this interview" onClose={props.onClose}>
      {props.hint !== null && <p className="arena-hint">{props.hint}</p>}
      {props.mayShare && (
        <fieldset className="arena-roles">
          <legend>Whoever opens the link joins as</legend>
          {ROLES.map(choice => (
            <label key={choice.role}>
              <input
                type="radio"
                name="role"
                checked={role === choice.role}
                onChange={() => {
                  setRole(choice.role);
                  setCreated(null);
                }}
              />
              <span>
                {ROLE_NAMES[choice.role]} <small>{choice.may}</small>
              </span>
            </label>
          ))}
          <label className="arena-uses">
            It lets in
            <select
              className="arena-select"
              value={uses}
              onChange={event => {
                setUses(event.target.value);
                setCreated(null);
              }}
            >
              <option value="">any number of people</option>
              {USES.map(number => (
                <option key={number} value={number}>
                  {peopleOf(number)}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            className="arena-button arena-primary"
            aria-disabled={busy}
            onClick={() => void onCreate()}
          >
            Create link
          </button>
        </fieldset>
      )}
      {created && (
        <div className="arena-new-link" role="group" aria-label="New link">
          <LinkField
            key={created.id}
            label={`Link for the ${ROLE_NAMES[created.role].toLowerCase()}`}
            link={new URL(created.url, window.location.href).href}
            focused
          />
          <p className="arena-note">
            Shown only now. Works until {dayAndTime(created.expiresAt)}, for{' '}
            {created.maxUses === null ? 'everybody who has it' : peopleOf(created.maxUses)}.
          </p>
        </div>
      )}
      <ErrorMessage text={error} />
      <Invites invites={invites} busy={busy} onRevoke={invite => void onRevoke(invite)} />
      <div className="arena-dialog-end">
        <button type="button" className="arena-button" onClick={closeDialog}>
          Done
        </button>
      </div>
    </Dialog>
  );
}

function peopleOf(number: number): string {
  return number === 1 ? 'one person' : `${number} people`;
}

/** Whether a link is listed: it is neither revoked nor expired; it may be used up. */
function isListed(invite: Invite): boolean {
  return !invite.revoked && Date.parse(invite.expiresAt) > Date.now();
}

function Invites(props: {
  invites: readonly Invite[];
  busy: boolean;
  onRevoke: (invite: Invite) => void;
}): JSX.Element | null {
  if (props.invites.length === 0) {
    return null;
  }
  return (
    <>
      <h3>Links</h3>
      <ul className="arena-invites">
        {props.invites.map(invite => (
          <li key={invite.id}>
            <span>
              {ROLE_NAMES[invite.role]}
              {invite.label ? ` · ${invite.label}` : ''}{' '}
              <small>until {dayAndTime(invite.expiresAt)}</small>
              {invite.maxUses !== null && (
                <small>
                  {' · '}
                  {invite.usedBy.length >= invite.maxUses
                    ? 'used up'
                    : `used ${invite.usedBy.length} of ${invite.maxUses} times`}
                </small>
              )}
              {invite.createdBy !== null && (
                <small className="arena-used-by">made by: {invite.createdBy.name}</small>
              )}
              {invite.usedBy.length > 0 && (
                <small className="arena-used-by">
                  used by: {invite.usedBy.map(({ name }) => name).join(', ')}
                </small>
              )}
            </span>
            <button
              type="button"
              className="arena-button"
              aria-disabled={props.busy}
              aria-label={`Revoke the ${ROLE_NAMES[invite.role].toLowerCase()} link, valid until ${dayAndTime(invite.expiresAt)}`}
              onClick={() => props.onRevoke(invite)}
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
