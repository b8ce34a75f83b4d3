/** The state of a session: the sum of its events so far. */
import { firstFiles } from './files';
import type { Files } from './files';
import type { Language, Run, Session, SessionStatus, User, WaitingGuest } from '../protocol/wire';

/** Entry on request, as interviewers know it. */
interface WaitingRoom {
  /** Whether guests wait until an interviewer admits them. */
  readonly askToEnter: boolean;
  /** Guests who wait, by id, in the order of their requests. */
  readonly waiting: ReadonlyMap<string, WaitingGuest>;
}

/** No waiting room. For everybody but interviewers, the state always has this value. */
export const OPEN_WAITING_ROOM: WaitingRoom = { askToEnter: false, waiting: new Map() };

/** The state after some event. Immutable: the next event makes a new one. */
export interface SessionState extends Files {
  readonly id: string;
  readonly title: string;
  /** The question of the interview, in Markdown; empty if there is none. */
  readonly question: string;
  readonly language: Language;
  readonly status: SessionStatus;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The address at which people join; empty where there is no server. */
  readonly url: string;
  /** All participants, present or not, by id. */
  readonly participants: ReadonlyMap<string, User>;
  /** Ids of the participants who are present. */
  readonly present: ReadonlySet<string>;
  readonly waitingRoom: WaitingRoom;
  /** The last `LIMITS.runs`, newest last. */
  readonly runs: readonly Run[];
  /** The last entry of the log that this state includes. */
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
export function byId<Person extends User>(
  map: ReadonlyMap<string, Person>,
  users: readonly Person[]
): ReadonlyMap<string, Person> {
  const all = new Map(map);
  for (const user of users) all.set(user.id, user);
  return all;
}
