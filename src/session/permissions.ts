/** Permissions: which role may do what in a session. `arena_ext/session/permissions.py` decides; this is for the screen. */
import type { Role, SessionStatus } from '../protocol/wire';

/** What somebody may do in a session; the rows of the access table. */
export type Action =
  | 'read'
  | 'write'
  | 'run'
  | 'language'
  | 'chat'
  | 'notes-read'
  | 'notes-write'
  | 'invite'
  | 'lock'
  | 'end'
  | 'remove'
  | 'role'
  | 'admit'
  | 'title'
  | 'question'
  | 'timer';

const CANDIDATE_WHILE_OPEN: readonly Action[] = ['write', 'run', 'language', 'chat'];
const AFTER_THE_END: readonly Action[] = ['read', 'notes-read'];

/** The access table: whether `role` may do `action` while the session is `status`. */
export function can(role: Role, action: Action, status: SessionStatus): boolean {
  if (status === 'ended') return role === 'interviewer' && AFTER_THE_END.includes(action);
  if (role === 'interviewer' || action === 'read') return true;
  return role === 'candidate' && status === 'open' && CANDIDATE_WHILE_OPEN.includes(action);
}
