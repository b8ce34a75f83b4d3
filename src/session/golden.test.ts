/** The fold, by examples that hold the server's fold, too: `tests/fold/*.json`. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstFiles, rejected } from './files';
import { fold, stateFrom } from './fold';
import type { SessionState } from './state';
import type { Language, LoggedEvent } from '../protocol/wire';
import { user } from '../testing/user';

const EXAMPLES = 'tests/fold/';

interface Example {
  what: string;
  begin: { language: Language; title: string };
  entries: { seq: number; at: number; by: string | null; type: string; payload: object }[];
  state: object;
}

interface Names {
  names: { files: string[]; name: string; ok: boolean }[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(`${EXAMPLES}${name}`, 'utf-8'));
}

function begun({ language, title }: Example['begin']): SessionState {
  const { files, main } = firstFiles(language);
  const session = { id: 's', createdAt: '', code: '', language, title, question: '', url: '' };
  return stateFrom({
    session: { ...session, status: 'open' },
    user: user('ann'),
    users: [],
    participants: [],
    files: [...files],
    main,
    runs: [],
    seq: 1
  });
}

/** The part of a state that the examples contain. */
function told(state: SessionState): object {
  const { title, question, language, status, files, main, runs } = state;
  const { participants, present, waitingRoom } = state;
  return {
    ...{ title, question, language, status, files, main, runs },
    participants: [...participants.values()],
    present: [...present].sort(),
    askToEnter: waitingRoom.askToEnter,
    waiting: [...waitingRoom.waiting.values()]
  };
}

describe('the fold of the entries is the state of the example', () => {
  const examples = readdirSync(EXAMPLES).filter(name => name !== 'names.json');
  it.each(examples)('%s', name => {
    const { begin, entries, state } = read(name) as Example;
    const events = entries.map(({ seq, at, type, payload }) => ({ type, payload, seq, at }));
    const untold = { question: '', askToEnter: false, waiting: [] };
    const folded = (events as LoggedEvent[]).reduce(fold, begun(begin));
    expect(told(folded)).toEqual({ ...untold, ...state });
  });
});

describe('names of files', () => {
  it.each((read('names.json') as Names).names)('$name: $ok', ({ files, name, ok }) => {
    const others = files.map((each, at) => ({ name: each, root: `code/${at}` }));
    expect(rejected(others, name) === null).toBe(ok);
  });
});
