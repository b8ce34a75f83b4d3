/** The permissions of this participant, as the screen checks them. */
import type { SessionSnapshot } from '../../client/snapshot';
import { can } from '../../session/permissions';
import type { Action } from '../../session/permissions';

/**
 * Whether the access table allows this participant `action` in the session's present status; false
 * before the first snapshot.
 */
export function isAllowed({ state, me }: SessionSnapshot, action: Action): boolean {
  return state !== null && me !== null && can(me.role, action, state.status);
}

/**
 * Whether this participant may do `action` now: it is allowed, and the connection is not closed. A
 * connection that closed because the text is too long counts as open, so that the text can be
 * shortened.
 */
export function may(snapshot: SessionSnapshot, action: Action): boolean {
  const { connection } = snapshot;
  const isClosed = connection.phase === 'closed' && connection.reason !== 'full';
  return !isClosed && isAllowed(snapshot, action);
}
