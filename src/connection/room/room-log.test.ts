/** The state of a room is the fold of its log, and clients get the same. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import type { BrowserRoom } from './browser-room';
import type { ClientEvent, LoggedEvent, Role } from '../../protocol/wire';
import { fold, stateFrom } from '../../session/fold';
import type { SessionState } from '../../session/state';
import { MemoryLog } from '../../storage/log';
import { Guest, roomOf } from '../../testing/guest';
import { user } from '../../testing/user';

type Step =
  | { kind: 'say'; event: ClientEvent }
  | { kind: 'type'; at: number; text: string; notes: boolean }
  | { kind: 'erase'; at: number; length: number }
  | { kind: 'leave' | 'enter' | 'pull' }
  | { kind: 'lock'; locked: boolean }
  | { kind: 'role'; role: Role };

const ROLES = ['interviewer', 'candidate', 'observer'] as const;
const role = fc.constantFrom<Role>(...ROLES);
const runId = fc.constantFrom('r', 's', 't');
const name = fc.constantFrom('main.js', 'a.js', 'b.py');
const text = fc.string({ maxLength: 5 });
const said: fc.Arbitrary<ClientEvent> = fc.oneof(
  fc.constantFrom<ClientEvent>(
    { type: 'language-change', payload: { language: 'python' } },
    { type: 'language-change', payload: { language: 'sql' } }
  ),
  text.map(question => ({ type: 'question-change' as const, payload: { question } })),
  name.map(each => ({ type: 'file-add' as const, payload: { name: each } })),
  name.map(each => ({ type: 'file-delete' as const, payload: { name: each } })),
  name.map(each => ({ type: 'file-main' as const, payload: { name: each } })),
  fc
    .tuple(name, name)
    .map(([from, to]) => ({ type: 'file-rename' as const, payload: { from, to } })),
  fc.tuple(runId, text).map(([id, code]) => {
    return { type: 'execute-code', payload: { runId: id, language: 'sql', code } } as const;
  }),
  fc.tuple(runId, text).map(([id, data]): ClientEvent => {
    const chunks = [{ stream: 'stdout' as const, data }];
    return { type: 'execution-output', payload: { runId: id, chunks } };
  }),
  runId.map(id => ({ type: 'execution-result' as const, payload: { runId: id, error: null } })),
  runId.map(id => ({ type: 'input-request' as const, payload: { runId: id, prompt: '?' } })),
  runId.map(id => ({ type: 'input-reply' as const, payload: { runId: id, text: 'yes' } }))
);
const event = fc
  .tuple(said, fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }))
  .map(([each, id]) => (id === undefined ? each : { ...each, id }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('say' as const), event }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('type' as const), at: fc.nat(30), text, notes: fc.boolean() }
    })
  },
  fc.record({ kind: fc.constant('erase' as const), at: fc.nat(30), length: fc.nat(4) }),
  fc.record({ kind: fc.constantFrom('leave' as const, 'enter' as const, 'pull' as const) }),
  fc.record({ kind: fc.constant('lock' as const), locked: fc.boolean() }),
  fc.record({ kind: fc.constant('role' as const), role })
);

function take(room: BrowserRoom, guest: Guest, userId: string, each: Step): void {
  const own = guest.docs.pad.getText('code');
  switch (each.kind) {
    case 'say':
      guest.dispatch(each.event);
      break;
    case 'type':
      guest.edit(each.notes ? 'notes' : 'pad', target =>
        target.insert(Math.min(each.at, target.length), each.text)
      );
      break;
    case 'erase': {
      const at = Math.min(each.at, own.length);
      guest.edit('pad', target => target.delete(at, Math.min(each.length, own.length - at)));
      break;
    }
    case 'pull':
      guest.pull();
      break;
    case 'lock':
      room.record({ type: 'session-locked', payload: { userId: null, locked: each.locked } });
      break;
    case 'role':
      room.record({ type: 'role-changed', payload: { userId, role: each.role } });
      break;
    case 'leave':
    case 'enter':
      break;
  }
}

/** Fold `log` by hand, from the beginning. */
function foldOf({ entries }: MemoryLog, first: SessionState) {
  const docs = { pad: new Y.Doc(), notes: new Y.Doc() };
  let state = first;
  for (const { seq, body } of entries) {
    if (body.kind === 'edit') Y.applyUpdate(docs[body.document], body.update);
    else state = fold(state, body.event);
    state = { ...state, seq };
  }
  const { pad, notes } = docs;
  return { state, texts: [pad.getText('code').toJSON(), notes.getText('notes').toJSON()] };
}

/** The state of a page that was connected from the beginning and folds all messages. */
function seenBy(guest: Guest): SessionState {
  const [first] = guest.payloads('session-state');
  if (!first) throw new Error('it was not told how things are');
  const logged = guest.events.filter((each): each is LoggedEvent => 'seq' in each);
  return logged.reduce(fold, stateFrom(first));
}

it('the log folds to the state of the room, and a connected page gets the same', () => {
  const steps = fc.array(fc.record({ who: fc.nat(2), step }), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(steps, all => {
      const log = new MemoryLog();
      const room = roomOf(log);
      const first = room.state;
      const witness = new Guest(room, user('witness', 'interviewer'));
      const enter = (each: Role): Guest => new Guest(room, user(each, each));
      const guests = ROLES.map(enter);
      const everybody = [...guests];
      for (const { who, step: each } of all) {
        const id = ROLES[who] ?? 'observer';
        const guest = guests[who];
        if (each.kind === 'leave') guest?.leave();
        else if (each.kind === 'enter') {
          guests[who] = enter(id);
          everybody.push(guests[who]);
        } else if (guest) take(room, guest, id, each);
      }
      expect(log.entries.map(({ seq }) => seq)).toEqual(log.entries.map((_, index) => index + 1));
      const { state, texts } = foldOf(log, first);
      const { pad, notes } = room.documents;
      expect(state).toEqual(room.state);
      expect(texts).toEqual([pad.getText('code').toJSON(), notes.getText('notes').toJSON()]);
      // Edits have a number, and no event.
      expect({ ...seenBy(witness), seq: 0 }).toEqual({ ...room.state, seq: 0 });
      witness.pull();
      witness.pull('notes');
      expect([witness.text, witness.docs.notes.getText('notes').toJSON()]).toEqual(texts);

      for (const guest of [witness, ...everybody]) guest.leave();
      const again = roomOf(new MemoryLog(), { entries: log.entries });
      expect(again.state).toEqual(room.state);
    }),
    { numRuns: 200 }
  );
});
