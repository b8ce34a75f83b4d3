import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrowserRoom } from './browser-room';
import type {
  ClientEvent,
  LoggedEvents,
  Role,
  ServerEvent,
  SessionStatus
} from '../../protocol/wire';
import type { NewEvent } from '../../session/commands';
import type { SessionState } from '../../session/state';
import { MemoryLog } from '../../storage/log';
import { Guest, roomOf } from '../../testing/guest';
import { user } from '../../testing/user';

let log: MemoryLog;
let room: BrowserRoom;

beforeEach(() => {
  log = new MemoryLog();
  room = roomOf(log);
});

const enter = (name: string, role: Role = 'candidate'): Guest => new Guest(room, user(name, role));
const logged = (): string[] =>
  log.entries.map(({ body }) => (body.kind === 'edit' ? `edit ${body.document}` : body.event.type));
const python: ClientEvent = { type: 'language-change', payload: { language: 'python' } };
const start = (runId: string): ClientEvent => {
  return { type: 'execute-code', payload: { runId, language: 'python', code: '1' } };
};

describe('rights', () => {
  const ASKED: Record<string, (guest: Guest) => void> = {
    'write the pad': guest => guest.type('x'),
    'write the notes': guest => guest.type('x', 'notes'),
    'run code': guest => guest.dispatch(start('r')),
    'change the language': guest => guest.dispatch(python),
    'change the question': guest =>
      guest.dispatch({ type: 'question-change', payload: { question: 'Why?' } }),
    'add a file': guest => guest.dispatch({ type: 'file-add', payload: { name: 'a.js' } })
  };
  const CANDIDATES = ['write the pad', 'run code', 'change the language', 'add a file'];
  const MAY: Record<Role, Record<SessionStatus, string[]>> = {
    interviewer: { open: Object.keys(ASKED), locked: Object.keys(ASKED), ended: [] },
    candidate: { open: CANDIDATES, locked: [], ended: [] },
    observer: { open: [], locked: [], ended: [] }
  };
  const cases = (['interviewer', 'candidate', 'observer'] as const).flatMap(role =>
    (['open', 'locked', 'ended'] as const).flatMap(status =>
      Object.keys(ASKED).map(what => ({
        role,
        status,
        what,
        may: MAY[role][status].includes(what)
      }))
    )
  );

  it.each(cases)(
    'of an $role while it is $status, to $what: $may',
    ({ role, status, what, may }) => {
      const guest = enter('ann', role);
      if (status === 'locked') room.record({ type: 'session-locked', payload: LOCKED });
      if (status === 'ended') room.record({ type: 'session-ended', payload: { userId: null } });
      const before = log.entries.length;
      ASKED[what]?.(guest);
      expect(log.entries.length - before).toBe(may ? 1 : 0);
      // Participants who may not even read any more have left.
      if (guest.closed === null) expect(guest.errors).toEqual(may ? [] : ['denied']);
      else expect([status, guest.closed]).toEqual(['ended', 'ended']);
    }
  );

  it('apply at once to open connections when they change', () => {
    const [ann, bob] = [enter('ann', 'interviewer'), enter('bob')];
    room.record({ type: 'role-changed', payload: { userId: 'bob', role: 'interviewer' } });
    expect(bob.payloads('session-state').at(-1)).toMatchObject({
      user: { role: 'interviewer' },
      askToEnter: false
    });
    bob.type('noted', 'notes');
    expect(ann.docs.notes.getText('notes').toJSON()).toBe('noted');
    room.record({ type: 'role-changed', payload: { userId: 'bob', role: 'observer' } });
    bob.dispatch(python);
    expect(bob.errors).toEqual(['denied']);
    expect(bob.payloads('error')[0]?.message).toBe(
      'your role is observer: you may not change the language'
    );
  });

  it('decide which numbers a client gets: the notes are in those of interviewers alone', () => {
    const [ann, bob] = [enter('ann', 'interviewer'), enter('bob')];
    const rename = (title: string): void => {
      room.record({ type: 'title-updated', payload: { userId: null, title } });
    };
    const seqOf = (guest: Guest): number => Number(guest.events.map(seq).filter(Boolean).at(-1));
    for (const [note, title] of ['a', 'b', 'c'].entries()) {
      for (let typed = 0; typed <= note; typed++) ann.type('x', 'notes');
      bob.dispatch({ type: 'file-add', payload: { name: `${title}.js` } });
      rename(title);
    }
    // Two joins, then a file and a title each time; and six edits of the notes for Ann.
    expect(numbersOf(bob)).toEqual([2, 3, 3, 4, 5, 5, 6, 7, 7, 8]);
    expect(bob.payloads('file-added').map(({ root }) => root)).toEqual([
      ...['code/1', 'code/2', 'code/3']
    ]);
    expect(seqOf(ann)).toBe(room.state.seq);
    for (const role of ['interviewer', 'candidate'] as const) {
      room.record({ type: 'role-changed', payload: { userId: 'bob', role } });
      expect(bob.events.at(-1)?.type).toBe('session-state');
      const before = seqOf(bob);
      rename(role);
      expect(seqOf(bob)).toBe(before + 1);
    }
    expect(seqOf(bob)).toBeLessThan(seqOf(ann));
  });

  it('come from the session, not from a participant who comes back', () => {
    enter('bob').leave();
    room.record({ type: 'role-changed', payload: { userId: 'bob', role: 'observer' } });
    const again = enter('bob', 'interviewer');
    expect(again.payloads('session-state')[0]?.user.role).toBe('observer');
  });

  it('end with the session for all but interviewers, and for good with a removal', () => {
    const [ann, bob, cy] = [enter('ann', 'interviewer'), enter('bob'), enter('cy', 'observer')];
    room.record({ type: 'participant-removed', payload: { userId: 'bob', by: 'ann' } });
    expect(bob.closed).toBe('removed');
    expect(enter('bob').closed).toBe('refused');
    room.record({ type: 'session-ended', payload: { userId: 'ann' } });
    expect([ann.closed, cy.closed]).toEqual([null, 'ended']);
    expect(enter('cy', 'observer').closed).toBe('ended');
    expect([...room.state.present]).toEqual(['ann']);
  });

  it('show waiting guests to interviewers only', () => {
    const [ann, bob] = [enter('ann', 'interviewer'), enter('bob')];
    const payload = {
      userId: 'will',
      username: 'Will',
      color: '#a21caf',
      role: 'candidate'
    } as const;
    room.record({ type: 'entry-requested', payload }, 'will');
    expect(log.entries.at(-1)?.audience).toBe('interviewers');
    expect(ann.payloads('entry-requested')).toEqual([payload]);
    expect(bob.payloads('entry-requested')).toEqual([]);
    expect(enter('cy').payloads('session-state')[0]).not.toHaveProperty('waiting');
    expect(enter('eve', 'interviewer').payloads('session-state')[0]?.waiting).toMatchObject([
      { id: 'will' }
    ]);
  });
});

const LOCKED = { userId: null, locked: true };

describe('a message of a client', () => {
  it('is taken once under one id, whichever connection of its author brings it', () => {
    const [one, other] = [enter('bob'), enter('bob')];
    for (const guest of [one, one, other]) guest.dispatch({ ...start('r'), id: 'e1' });
    expect(room.state.runs).toHaveLength(1);
    expect([one.saved, other.saved]).toEqual([2, 1]);
    expect([...one.errors, ...other.errors]).toEqual([]);
    enter('cy').dispatch({ ...python, id: 'e1' });
    expect(room.state.language).toBe('python');
  });

  it('may be sent again where it was refused', () => {
    const bob = enter('bob');
    room.record({ type: 'session-locked', payload: LOCKED });
    bob.dispatch({ ...python, id: 'e1' });
    expect(bob.payloads('error')).toMatchObject([{ code: 'denied', id: 'e1' }]);
    room.record({ type: 'session-locked', payload: { ...LOCKED, locked: false } });
    bob.dispatch({ ...python, id: 'e1' });
    expect(room.state.language).toBe('python');
    expect(bob.saved).toBe(2);
  });

  it('has one order for everybody, in which its author finds their own by `saved`', () => {
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.dispatch(python);
    bob.dispatch({ type: 'language-change', payload: { language: 'sql' } });
    ann.dispatch({ type: 'file-add', payload: { name: 'a.sql' } });
    expect(log.entries.map(({ seq }) => seq)).toEqual(log.entries.map((_, index) => index + 1));
    const numbers = (guest: Guest): number[] =>
      guest.events.flatMap(event => ('seq' in event ? [event.seq] : []));
    // The first two entries are the joins. A file event also goes to its author, because it has the
    // root.
    expect([numbers(ann), numbers(bob)]).toEqual([
      [2, 4, 5],
      [3, 5]
    ]);
    expect(ann.payloads('saved')).toEqual([
      { seq: 3, count: 1 },
      { seq: 5, count: 2 }
    ]);
  });

  it('is shown to others, and confirmed, when it is stored and not before', () => {
    const store: (() => void)[] = [];
    room = roomOf({ append: (_, stored) => store.push(stored) });
    const [ann, bob] = [enter('ann'), enter('bob')];
    for (const stored of store.splice(0)) stored();
    ann.dispatch(python);
    ann.type('x');
    expect([ann.saved, bob.payloads('language-updated'), bob.text]).toEqual([0, [], '']);
    store.shift()?.();
    expect([ann.saved, bob.payloads('language-updated').length, bob.text]).toEqual([1, 1, '']);
    store.shift()?.();
    expect([ann.saved, bob.text]).toEqual([2, 'x']);
  });

  it('is not confirmed on a connection that has closed before it is stored', () => {
    const store: (() => void)[] = [];
    room = roomOf({ append: (_, stored) => store.push(stored) });
    const [ann, bob] = [enter('ann'), enter('bob')];
    ann.dispatch(python);
    room.record({ type: 'participant-removed', payload: { userId: 'bob' } });
    bob.dispatch({ type: 'language-change', payload: { language: 'sql' } });
    ann.leave();
    while (store.length > 0) store.shift()?.();
    expect([ann.saved, bob.saved, bob.closed, room.state.language]).toEqual([
      ...[0, 0, 'removed', 'python']
    ]);
  });

  it('is not taken where it is for clients of another subprotocol', () => {
    const bob = enter('bob');
    bob.dispatch({ type: 'code-change', payload: { changes: 'x' } });
    expect([bob.errors, bob.saved, room.documents.pad.getText('code').length]).toEqual([
      ['invalid'],
      1,
      0
    ]);
  });
});

describe('a participant who joins and leaves', () => {
  it('gets the fold of the log so far, and its text when it asks', () => {
    const ann = enter('ann', 'interviewer');
    ann.type('hello');
    ann.dispatch({ type: 'file-add', payload: { name: 'a.js' } });
    ann.dispatch(start('r'));
    ann.type('secret', 'notes');
    const bob = enter('bob');
    bob.pull();
    expect(bob.text).toBe('hello');
    expect(bob.payloads('session-state')).toMatchObject([
      {
        session: { id: 's', title: 'A session', code: 'hello', status: 'open' },
        user: { id: 'bob' },
        users: [{ id: 'ann' }, { id: 'bob' }],
        files: [{ name: 'main.js' }, { name: 'a.js', root: 'code/1' }],
        runs: [{ id: 'r', status: 'running' }],
        // Without the entry in the notes.
        seq: room.state.seq - 1
      }
    ]);
    expect(ann.payloads('participant-joined')).toMatchObject([{ userId: 'bob' }]);
    expect(bob.payloads('participant-joined')).toEqual([]);
  });

  it('leaves with the last connection, and loses the run then', () => {
    const [one, other] = [enter('bob'), enter('bob')];
    one.dispatch(start('r'));
    one.leave();
    one.leave();
    expect(room.state.runs).toMatchObject([{ status: 'running' }]);
    other.leave();
    expect(room.state.runs).toMatchObject([{ status: 'lost' }]);
    expect(logged()).toEqual(['participant-joined', 'execute-code', 'participant-left']);
  });

  it('is told whether the log can store entries', () => {
    const ann = enter('ann');
    room.storing(false);
    expect(ann.payloads('storage')).toEqual([{ ok: false }]);
    expect(enter('bob').payloads('storage')).toEqual([{ ok: false }]);
  });

  it('has left if the room ended without an event', () => {
    const ann = enter('ann', 'interviewer');
    ann.type('hello');
    ann.dispatch(start('r'));
    const again = new MemoryLog(log.entries);
    const opened = roomOf(again, { entries: log.entries });
    expect(opened.documents.pad.getText('code').toJSON()).toBe('hello');
    expect(opened.state).toMatchObject({ present: new Set(), runs: [{ status: 'lost' }] });
    expect(again.entries.at(-1)).toMatchObject({ seq: 4, participant: 'ann' });
  });
});

describe('the fold of a room is the one of the shared examples', () => {
  const EXAMPLES = 'tests/fold/';

  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(readdirSync(EXAMPLES).filter(name => name !== 'names.json'))('%s', name => {
    const { begin, entries, state } = JSON.parse(readFileSync(EXAMPLES + name, 'utf-8')) as {
      begin: Pick<SessionState, 'language' | 'title'>;
      entries: { at: number; by: string | null; type: keyof LoggedEvents; payload: object }[];
      state: object;
    };
    room = roomOf(log, begin);
    for (const { at, by, type, payload } of entries) {
      vi.setSystemTime(at);
      room.record({ type, payload } as NewEvent, by);
    }
    const { participants, present, waitingRoom, ...rest } = room.state;
    expect({
      ...rest,
      participants: [...participants.values()],
      present: [...present].sort(),
      askToEnter: waitingRoom.askToEnter,
      waiting: [...waitingRoom.waiting.values()]
    }).toMatchObject(state);
  });
});

/** The number in an event: its own, or that of a snapshot or of a confirmation. */
function seq(event: ServerEvent): number | undefined {
  if ('seq' in event) return event.seq;
  return 'seq' in event.payload ? event.payload.seq : undefined;
}

/** All numbers that a client has received. */
function numbersOf(guest: Guest): (number | undefined)[] {
  return guest.events.map(seq).filter(each => each !== undefined);
}
