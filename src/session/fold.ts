/**
 * The fold: a session's state after each event of its log. `arena_ext/session/fold.py` is the same
 * for the server; both are held to the examples in `tests/fold`.
 */
import { followLanguage } from './files';
import { NEW_RUN, addRun, boundedRuns, changeRun, loseRuns } from './run-history';
import { answered, appendChunks, asked } from './run-output';
import { byId, withRoster } from './state';
import type { SessionState } from './state';
import type {
  Chunk,
  LoggedEvent,
  Run,
  SessionStateEvent,
  User,
  WaitingGuest
} from '../protocol/wire';

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
      participants: byId(new Map<string, User>(), participants),
      present: new Set(),
      waitingRoom: { askToEnter, waiting: byId(new Map<string, WaitingGuest>(), waiting) },
      files,
      main,
      runs: boundedRuns(runs),
      seq
    },
    users
  );
}

/**
 * `state` after `event`. An event that `state` already includes changes nothing; `seq` 0 marks an
 * own event that the server has not numbered yet.
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
      return { ...state, present, runs: loseRuns(state.runs, userId) };
    }
    case 'participant-renamed': {
      const { userId, username: name } = event.payload;
      const user = state.participants.get(userId);
      if (!user) return state;
      return { ...state, participants: byId(state.participants, [{ ...user, name }]) };
    }
    case 'role-changed': {
      const { userId, role } = event.payload;
      const user = state.participants.get(userId);
      if (!user) return state;
      return {
        ...state,
        participants: byId(state.participants, [{ ...user, role }]),
        runs: role === 'observer' ? loseRuns(state.runs, userId) : state.runs
      };
    }
    case 'entry-changed': {
      const { askToEnter } = event.payload;
      return { ...state, waitingRoom: { ...state.waitingRoom, askToEnter } };
    }
    case 'entry-requested': {
      const { userId: id, username: name, ...rest } = event.payload;
      const waiting = byId(state.waitingRoom.waiting, [{ id, name, ...rest }]);
      return { ...state, waitingRoom: { ...state.waitingRoom, waiting } };
    }
    case 'entry-admitted':
    case 'entry-declined':
    case 'entry-withdrawn': {
      const user = state.waitingRoom.waiting.get(event.payload.userId);
      if (!user) return state;
      const waiting = new Map(state.waitingRoom.waiting);
      waiting.delete(user.id);
      // A guest with a seat goes on as that participant.
      const isNew = event.type === 'entry-admitted' && event.payload.seat === undefined;
      const admitted = isNew ? [user] : [];
      const participants = byId(state.participants, admitted);
      return { ...state, participants, waitingRoom: { ...state.waitingRoom, waiting } };
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
      const run = { ...NEW_RUN, id, userId, language, code, main, files, startedAt: event.at };
      return { ...state, runs: addRun(state.runs, run) };
    }
    case 'execution-output': {
      const { runId, chunks } = event.payload;
      return withRun(state, runId, run => ({
        ...run,
        status: 'running',
        chunks: appendChunks(run.chunks, chunks)
      }));
    }
    case 'execution-result': {
      const { userId, runId: id, status, error, durationMs, output } = event.payload;
      // A browser sends its output earlier; a bot may send all of it at the end.
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
      // A participant relays a result that was computed elsewhere.
      const { language } = state;
      const run = { ...NEW_RUN, id, userId, language, code: '', startedAt: event.at };
      return { ...state, runs: addRun(state.runs, ended(run)) };
    }
    case 'input-request': {
      const { runId, prompt } = event.payload;
      return withRun(state, runId, run => ({
        ...run,
        status: 'running',
        asks: prompt,
        chunks: appendChunks(run.chunks, asked(prompt))
      }));
    }
    case 'input-reply': {
      const { runId, text } = event.payload;
      return withRun(state, runId, run => ({
        ...run,
        status: 'running',
        asks: null,
        chunks: appendChunks(run.chunks, answered(text))
      }));
    }
    default:
      // A newer server may log events that this page does not know.
      return state;
  }
}

function withRun(state: SessionState, id: string, change: (run: Run) => Run): SessionState {
  return { ...state, runs: changeRun(state.runs, id, change) };
}
