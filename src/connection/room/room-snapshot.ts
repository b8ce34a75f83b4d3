/** The snapshot of a session for a page that joins: the payload of `session-state`. */
import type { SessionStateEvent, User } from '../../protocol/wire';
import type { SessionState } from '../../session/state';

/** The snapshot for `user`; `code` is the text of the main file. */
export function snapshot(state: SessionState, code: string, user: User): SessionStateEvent {
  const { id, title, question, language, status, createdAt, url } = state;
  const { participants, present, waitingRoom, runs, files, main, seq } = state;
  const everybody = [...participants.values()];
  const waiting = {
    askToEnter: waitingRoom.askToEnter,
    waiting: [...waitingRoom.waiting.values()]
  };
  return {
    session: { id, createdAt, code, language, title, question, status, url },
    user,
    users: everybody.filter(each => present.has(each.id)),
    participants: everybody,
    files: [...files],
    main,
    runs: [...runs],
    seq,
    ...(user.role === 'interviewer' && waiting)
  };
}
