/**
 * Permissions: the actions that a role may take in a session. The server decides, by
 * `arena_ext/session/permissions.py`; here the table selects the controls that the screen offers.
 */
import type { Role, SessionStatus } from '../protocol/wire';

/** An action of a participant in a session; the rows of the access table. */
export type Action =
  | 'read'
  | 'name'
  | 'notes-read'
  | 'write'
  | 'run'
  | 'language'
  | 'notes-write'
  | 'question'
  | 'role'
  | 'invite'
  | 'lock'
  | 'end'
  | 'remove'
  | 'admit'
  | 'recording';

const CANDIDATE_WHILE_OPEN: readonly Action[] = ['write', 'run', 'language'];
const AFTER_THE_END: readonly Action[] = ['read', 'notes-read', 'recording'];

/** The access table: whether `role` may do `action` while the session is `status`. */
export function can(role: Role, action: Action, status: SessionStatus): boolean {
  if (status === 'ended') return role === 'interviewer' && AFTER_THE_END.includes(action);
  if (role === 'interviewer' || action === 'read' || action === 'name') return true;
  return role === 'candidate' && status === 'open' && CANDIDATE_WHILE_OPEN.includes(action);
}
