/** The state of a session: the sum of its events so far. */
import { firstFiles } from './files';
import type { Files } from './files';
import type { Language, Run, Session, SessionStatus, User } from '../protocol/wire';

/** Entry on request, as interviewers know it. */
interface WaitingRoom {
  /** Whether guests wait until an interviewer lets them in. */
  readonly askToEnter: boolean;
  /** Guests who wait, by id, in the order in which they asked. */
  readonly waiting: ReadonlyMap<string, User>;
}

/** Entry without a request. For everybody but interviewers, the state always has this. */
export const OPEN_WAITING_ROOM: WaitingRoom = { askToEnter: false, waiting: new Map() };

/** The state after some event. Immutable: the next event makes a new one. */
export interface SessionState extends Files {
  readonly id: string;
  readonly title: string;
  /** What the interview is about, in Markdown; empty while nobody has set one. */
  readonly question: string;
  readonly language: Language;
  readonly status: SessionStatus;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Where people join it; empty where there is no server. */
  readonly url: string;
  /** Everybody who was ever here, by id. */
  readonly participants: ReadonlyMap<string, User>;
  /** Ids of those who are here now. */
  readonly present: ReadonlySet<string>;
  readonly waitingRoom: WaitingRoom;
  /** The last `LIMITS.runs`, newest last. */
  readonly runs: readonly Run[];
  /** The last entry of the log that is in here. */
  readonly seq: number;
}

/** The state of a session before its first event. `createdAt` is ISO 8601, UTC. */
export function initialState({
  id,
  title,
  language,
  createdAt
}: Pick<Session, 'id' | 'title' | 'language' | 'createdAt'>): SessionState {
  return {
    ...{ id, title, question: '', language, createdAt, status: 'open', url: '' },
    ...firstFiles(language),
    participants: new Map(),
    present: new Set(),
    waitingRoom: OPEN_WAITING_ROOM,
    runs: [],
    seq: 0
  };
}

/** `state` with exactly `users` present. */
export function withRoster(state: SessionState, users: readonly User[]): SessionState {
  return {
    ...state,
    participants: byId(state.participants, users),
    present: new Set(users.map(user => user.id))
  };
}

/** `map` with `users` added or replaced, by id. */
export function byId(
  map: ReadonlyMap<string, User>,
  users: readonly User[]
): ReadonlyMap<string, User> {
  const all = new Map(map);
  for (const user of users) all.set(user.id, user);
  return all;
}
