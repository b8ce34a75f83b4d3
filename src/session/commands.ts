/**
 * Commands: checks rights, ownership and limits of a client's event, and decides the event for the
 * log. The rules are those of `arena_ext/session/commands.py`; this is for rooms that a browser
 * hosts.
 */
import { uuidv4 } from 'lib0/random';
import { cleanName, distinctName } from './display-names';
import { decideFile, isFileCommand } from './files';
import type { FileCommand } from './files';
import { can } from './permissions';
import { goesOn } from './run-history';
import { optimistic } from './optimistic';
import { answered, appendChunks, asked, costOf } from './run-output';
import type { Action } from './permissions';
import type { SessionState } from './state';
import { LIMITS } from '../protocol/wire';
import type { Chunk, ClientEvent, LoggedEvent, Run, User } from '../protocol/wire';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An event for the log that has no number yet. */
export type NewEvent = DistributiveOmit<LoggedEvent, 'seq' | 'at'>;

/** The refusal of a client's event; `code` is for programs, the message for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: 'denied' | 'invalid',
    message: string
  ) {
    super(message);
  }
}

type Asked<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

/** The actions of events, in words for the message of a refusal. */
const PHRASES = {
  write: 'write in the pad',
  name: 'change your name',
  run: 'run code',
  language: 'change the language',
  question: 'change the question'
} as const satisfies Partial<Record<Action, string>>;

/**
 * The event for the log when `caller` sends `event` in the session `state`. Raises `Refusal`. The
 * shape of the payload is not checked. A new file gets `root`.
 */
export function decide(
  state: SessionState,
  caller: User,
  event: ClientEvent,
  root: string
): NewEvent {
  const asked = allowed(state, caller, event);
  if (asked.type === 'name-change') return rename(state, caller, asked);
  const logged = isFileCommand(asked)
    ? decideCommand(state, caller, asked, root)
    : optimistic(asked, caller.id, 0);
  if (!logged) throw invalid(`${event.type} is not something to ask for here`);
  return logged;
}

/** `event` with the id of its run. Raises `Refusal` where `caller` has no right to send it. */
function allowed(state: SessionState, caller: User, event: ClientEvent): ClientEvent {
  switch (event.type) {
    case 'language-change':
      demand(state, caller, 'language');
      return event;
    case 'question-change':
      demand(state, caller, 'question');
      return event;
    case 'name-change':
      demand(state, caller, 'name');
      return event;
    case 'file-add':
    case 'file-rename':
    case 'file-delete':
    case 'file-main':
      demand(state, caller, 'write');
      return event;
    case 'execute-code':
      return start(state, caller, event);
    case 'execution-output': {
      const { runId, chunks } = event.payload;
      const run = ownRun(state, caller, runId);
      if (chunks.some(({ data }) => data === '')) throw invalid('a chunk of output has no text');
      demandRoom(run, chunks);
      return event;
    }
    case 'execution-result':
      return result(state, caller, event);
    case 'input-request': {
      const run = ownRun(state, caller, event.payload.runId);
      if (!goesOn(run)) throw invalid('the run has ended');
      if (run.asks !== null) throw invalid('the run has a question open: one at a time');
      demandRoom(run, asked(event.payload.prompt));
      return event;
    }
    case 'input-reply': {
      const run = ownRun(state, caller, event.payload.runId);
      if (run.asks === null) throw invalid('the run asks for nothing');
      demandRoom(run, answered(event.payload.text));
      return event;
    }
    default:
      return event;
  }
}

function demand({ status }: SessionState, { role }: User, action: keyof typeof PHRASES): void {
  if (can(role, action, status)) return;
  const phrase = PHRASES[action];
  throw status === 'open' || role === 'observer'
    ? new Refusal('denied', `your role is ${role}: you may not ${phrase}`)
    : new Refusal('denied', `the session is ${status}: you may not ${phrase} now`);
}

function rename(state: SessionState, caller: User, { payload }: Asked<'name-change'>): NewEvent {
  const cleaned = cleanName(payload.name);
  if (cleaned === '') throw invalid('a name needs at least one visible character');
  const guests = [...state.waitingRoom.waiting.values()].filter(({ seat }) => seat !== caller.id);
  const others = [...state.participants.values(), ...guests].filter(({ id }) => id !== caller.id);
  const username = distinctName(
    cleaned,
    others.map(({ name }) => name)
  );
  if (username === caller.name) throw invalid('that is your name already');
  return {
    type: 'participant-renamed',
    payload: { userId: caller.id, from: caller.name, username }
  };
}

function decideCommand(
  state: SessionState,
  caller: User,
  command: FileCommand,
  root: string
): NewEvent {
  try {
    return decideFile(state, command, caller.id, root);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function start(
  state: SessionState,
  caller: User,
  event: Asked<'execute-code'>
): Asked<'execute-code'> {
  demand(state, caller, 'run');
  const { runId = uuidv4(), code, files = {} } = event.payload;
  if (state.runs.some(run => run.id === runId)) throw invalid('there is a run with this id');
  const size = [code, ...Object.values(files)].reduce((sum, text) => sum + text.length, 0);
  if (size > LIMITS.text) throw invalid('the files are too long to run');
  return { ...event, payload: { ...event.payload, runId } };
}

function result(
  state: SessionState,
  caller: User,
  event: Asked<'execution-result'>
): Asked<'execution-result'> {
  const { runId = latestRunning(state, caller) } = event.payload;
  if (runId !== undefined && state.runs.some(run => run.id === runId)) {
    ownRun(state, caller, runId);
    return { ...event, payload: { ...event.payload, runId } };
  }
  demand(state, caller, 'run');
  // The id may be that of another participant's run, which is in the log but no longer in the
  // state.
  return { ...event, payload: { ...event.payload, runId: uuidv4() } };
}

function latestRunning({ runs }: SessionState, caller: User): string | undefined {
  return runs.findLast(run => run.userId === caller.id && run.status === 'running')?.id;
}

/** The caller's run `id`: its author may report on it also once the session is locked. */
function ownRun(state: SessionState, caller: User, id: string): Run {
  const run = state.runs.find(each => each.id === id);
  if (!run) throw invalid('there is no such run');
  if (run.userId !== caller.id || caller.role === 'observer' || state.status === 'ended') {
    throw new Refusal('denied', 'only who started a run reports on it');
  }
  return run;
}

/** Raise `Refusal` unless `run` has room for `more` output. */
function demandRoom(run: Run, more: readonly Chunk[]): void {
  // One chunk more, so that the sender's notice that output was cut is not cut itself.
  const most = LIMITS.output + LIMITS.chunk;
  if (costOf(appendChunks(run.chunks, more)) > most)
    throw invalid("the run's output is at its limit");
}

function invalid(message: string): Refusal {
  return new Refusal('invalid', message);
}
