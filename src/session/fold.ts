/**
 * What a session is: the fold of its events, and who may do what in it. `arena_ext/session/model.py` is
 * the same for the server, which decides; here it is what the screen shows and greys out.
 */
import { followLanguage } from './files';
import type { Files } from './files';
import { LIMITS } from '../protocol/wire';
import type {
  Chunk,
  ClientEvent,
  Language,
  LoggedEvent,
  Role,
  Run,
  SessionStateEvent,
  SessionStatus,
  User
} from '../protocol/wire';

/** The way in, as interviewers know it. */
export interface Door {
  /** Whether guests wait until an interviewer lets them in. */
  readonly askToEnter: boolean;
  /** Those who wait, by id, in the order in which they asked. */
  readonly waiting: ReadonlyMap<string, User>;
}

/** Nobody has to ask, and nobody waits: also what all others than interviewers know. */
export const OPEN_DOOR: Door = { askToEnter: false, waiting: new Map() };

/** A session as the events so far make it; never changed, only replaced. */
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
  readonly door: Door;
  /** The last `LIMITS.runs`, newest last. */
  readonly runs: readonly Run[];
  /** The last entry of the log that is in here. */
  readonly seq: number;
}

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

/** The state that a snapshot describes. */
export function stateFrom({
  session,
  users,
  participants,
  files,
  main,
  runs,
  seq,
  askToEnter = false,
  waiting = []
}: SessionStateEvent): SessionState {
  const { id, title, question, language, status, createdAt, url } = session;
  return withRoster(
    {
      id,
      title,
      question,
      language,
      status,
      createdAt,
      url,
      participants: byId(new Map(), participants),
      present: new Set(),
      door: { askToEnter, waiting: byId(new Map(), waiting) },
      files,
      main,
      runs: bounded(runs),
      seq
    },
    users
  );
}

/** `state` with exactly `users` present. */
export function withRoster(state: SessionState, users: readonly User[]): SessionState {
  return {
    ...state,
    participants: byId(state.participants, users),
    present: new Set(users.map(user => user.id))
  };
}

/**
 * `state` after `event`. An event that `state` already includes changes nothing; `seq` 0 marks one
 * of our own that the server has not numbered yet.
 */
export function fold(state: SessionState, event: LoggedEvent): SessionState {
  if (event.seq !== 0 && event.seq <= state.seq) return state;
  return { ...folded(state, event), seq: Math.max(state.seq, event.seq) };
}

function folded(state: SessionState, event: LoggedEvent): SessionState {
  switch (event.type) {
    case 'participant-joined': {
      const { userId: id, username: name, color, role } = event.payload;
      return {
        ...state,
        participants: byId(state.participants, [{ id, name, color, role }]),
        present: new Set(state.present).add(id)
      };
    }
    case 'participant-left':
    case 'participant-removed': {
      const { userId } = event.payload;
      const present = new Set(state.present);
      present.delete(userId);
      return { ...state, present, runs: withoutThoseOf(userId, state.runs) };
    }
    case 'role-changed': {
      const { userId, role } = event.payload;
      const user = state.participants.get(userId);
      if (!user) return state;
      return {
        ...state,
        participants: byId(state.participants, [{ ...user, role }]),
        runs: role === 'observer' ? withoutThoseOf(userId, state.runs) : state.runs
      };
    }
    case 'entry-changed': {
      const { askToEnter } = event.payload;
      return { ...state, door: { ...state.door, askToEnter } };
    }
    case 'entry-requested': {
      const { userId: id, username: name, color, role } = event.payload;
      const waiting = byId(state.door.waiting, [{ id, name, color, role }]);
      return { ...state, door: { ...state.door, waiting } };
    }
    case 'entry-admitted':
    case 'entry-declined': {
      const user = state.door.waiting.get(event.payload.userId);
      if (!user) return state;
      const waiting = new Map(state.door.waiting);
      waiting.delete(user.id);
      const admitted = event.type === 'entry-admitted' ? [user] : [];
      const participants = byId(state.participants, admitted);
      return { ...state, participants, door: { ...state.door, waiting } };
    }
    case 'language-updated':
      return {
        ...state,
        language: event.payload.language,
        files: followLanguage(state.files, state.language, event.payload.language)
      };
    case 'file-added': {
      const { name, root } = event.payload;
      return { ...state, files: [...state.files, { name, root }] };
    }
    case 'file-renamed': {
      const { name, root } = event.payload;
      const files = state.files.map(file => (file.root === root ? { name, root } : file));
      return { ...state, files };
    }
    case 'file-deleted': {
      const { root } = event.payload;
      return { ...state, files: state.files.filter(file => file.root !== root) };
    }
    case 'main-file-changed':
      return { ...state, main: event.payload.root };
    case 'title-updated':
      return { ...state, title: event.payload.title };
    case 'question-changed':
      return { ...state, question: event.payload.question };
    case 'session-locked':
      if (state.status === 'ended') return state;
      return { ...state, status: event.payload.locked ? 'locked' : 'open' };
    case 'session-ended':
      return { ...state, status: 'ended' };
    case 'execute-code': {
      const { runId: id, userId, language, code, main = null, files = {} } = event.payload;
      if (state.runs.some(run => run.id === id)) return state;
      return withRuns(state, [
        ...state.runs,
        { ...NEW_RUN, id, userId, language, code, main, files, startedAt: event.at }
      ]);
    }
    case 'execution-output': {
      const { runId, chunks } = event.payload;
      return withRun(state, runId, run => ({
        ...run,
        status: 'running',
        chunks: joined(run.chunks, chunks)
      }));
    }
    case 'execution-result': {
      const { userId, runId: id, status, error, durationMs, output } = event.payload;
      // A browser streams its output before; a bot may tell it all at the end.
      const late: Chunk[] = output === '' ? [] : [{ stream: 'stdout', data: output }];
      const ended = (run: Run): Run => ({
        ...run,
        status,
        error,
        durationMs,
        location: event.payload.location ?? null,
        asks: null,
        chunks: run.chunks.length === 0 && !run.trimmed ? late : run.chunks
      });
      if (state.runs.some(run => run.id === id)) return withRun(state, id, ended);
      // Somebody computed it elsewhere and relays it.
      const { language } = state;
      const run = { ...NEW_RUN, id, userId, language, code: '', startedAt: event.at };
      return withRuns(state, [...state.runs, ended(run)]);
    }
    case 'input-request': {
      const { runId, prompt } = event.payload;
      const asked: Chunk[] = prompt === '' ? [] : [{ stream: 'stdout', data: prompt }];
      return withRun(state, runId, run => ({
        ...run,
        asks: prompt,
        chunks: joined(run.chunks, asked)
      }));
    }
    case 'input-reply': {
      const { runId, text } = event.payload;
      // As on a terminal: the answer ends its line; no text is the end of all input.
      const read: Chunk[] = text === null ? [] : [{ stream: 'stdin', data: `${text}\n` }];
      return withRun(state, runId, run => ({
        ...run,
        asks: null,
        chunks: joined(run.chunks, read)
      }));
    }
    default:
      // A newer server may log what this page does not know.
      return state;
  }
}

/** What the log will say of our own `event`, so that our screen need not wait; null if nothing. */
export function predicted(event: ClientEvent, userId: string, at: number): LoggedEvent | null {
  switch (event.type) {
    case 'language-change':
      return { type: 'language-updated', payload: { userId, ...event.payload }, seq: 0, at };
    case 'question-change':
      return { type: 'question-changed', payload: { userId, ...event.payload }, seq: 0, at };
    case 'execute-code': {
      const { runId } = event.payload;
      if (runId === undefined) return null;
      return { type: 'execute-code', payload: { ...event.payload, runId, userId }, seq: 0, at };
    }
    case 'execution-output':
      return { type: 'execution-output', payload: { userId, ...event.payload }, seq: 0, at };
    case 'execution-result': {
      const { runId, output = '', error, durationMs = null, location } = event.payload;
      const status = event.payload.status ?? (error === null ? 'ok' : 'error');
      if (runId === undefined) return null;
      return {
        type: 'execution-result',
        payload: {
          ...{ userId, runId, output, error, durationMs, status },
          ...(location && { location })
        },
        seq: 0,
        at
      };
    }
    case 'input-request':
      return { type: 'input-request', payload: { userId, ...event.payload }, seq: 0, at };
    case 'input-reply':
      return { type: 'input-reply', payload: { userId, ...event.payload }, seq: 0, at };
    default:
      return null;
  }
}

const NEW_RUN = {
  chunks: [],
  status: 'running',
  error: null,
  durationMs: null,
  trimmed: false,
  location: null,
  main: null,
  files: {},
  asks: null
} as const;

/** `runs` once `userId` reports on theirs no more. */
function withoutThoseOf(userId: string, runs: readonly Run[]): readonly Run[] {
  return runs.map(run =>
    run.userId === userId && run.status === 'running' ? { ...run, status: 'lost', asks: null } : run
  );
}

/** `state` with the run `id` changed; a run that has ended stays as it is, a lost one may go on. */
function withRun(state: SessionState, id: string, change: (run: Run) => Run): SessionState {
  return withRuns(
    state,
    state.runs.map(run =>
      run.id === id && (run.status === 'running' || run.status === 'lost') ? change(run) : run
    )
  );
}

function withRuns(state: SessionState, runs: readonly Run[]): SessionState {
  return { ...state, runs: bounded(runs) };
}

/**
 * The newest of the runs, within `LIMITS.runs` and `LIMITS.codeKept`; the oldest of them without
 * their output or files where all of it is too much.
 */
function bounded(runs: readonly Run[]): readonly Run[] {
  const newest = withoutOldFiles(newestOf(runs));
  const sizes = newest.map(run => run.chunks.reduce((sum, chunk) => sum + chunk.data.length, 0));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  return newest.map((run, index) => {
    if (total <= LIMITS.outputKept || run.chunks.length === 0) return run;
    total -= sizes[index] ?? 0;
    return { ...run, chunks: [], trimmed: true };
  });
}

function newestOf(runs: readonly Run[]): readonly Run[] {
  let kept = 0;
  const last = runs.findLastIndex((run, index) => {
    kept += run.code.length + (run.error?.length ?? 0);
    return runs.length - index > LIMITS.runs || (kept > LIMITS.codeKept && index < runs.length - 1);
  });
  return runs.slice(last + 1);
}

function withoutOldFiles(runs: readonly Run[]): readonly Run[] {
  const sizes = runs.map(({ files }) => (files === null ? 0 : sizeOf(files)));
  let kept = sizes.reduce((sum, size) => sum + size, 0);
  return runs.map((run, index) => {
    const size = sizes[index] ?? 0;
    if (kept <= LIMITS.filesKept || size === 0) return run;
    kept -= size;
    return { ...run, files: null };
  });
}

function sizeOf(files: Readonly<Record<string, string>>): number {
  return Object.values(files).reduce((sum, text) => sum + text.length, 0);
}

/** All chunks in order; text that follows text of its stream joins it, up to `LIMITS.chunk`. */
export function joined(chunks: readonly Chunk[], more: readonly Chunk[]): Chunk[] {
  const all = [...chunks];
  for (const chunk of more) {
    const last = all.at(-1);
    if (last && continues(last, chunk))
      all[all.length - 1] = { ...last, data: last.data + chunk.data };
    else all.push(chunk);
  }
  return all;
}

function continues(last: Chunk, next: Chunk): boolean {
  return (
    'stream' in last &&
    'stream' in next &&
    last.stream === next.stream &&
    last.data.length + next.data.length <= LIMITS.chunk
  );
}

function byId(map: ReadonlyMap<string, User>, users: readonly User[]): ReadonlyMap<string, User> {
  const all = new Map(map);
  for (const user of users) all.set(user.id, user);
  return all;
}
