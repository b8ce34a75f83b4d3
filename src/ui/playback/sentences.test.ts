/** The events of a film as sentences. */
import { expect, it } from 'vitest';

import type { Moment, MomentDetail } from '../../playback/moments';
import { filmTime, isNotable, roughly, sentence } from './sentences';

const CAST = new Map([
  ['ana', { id: 'ana', name: 'Ana', color: '#1565c0', role: 'interviewer' as const }],
  ['ben', { id: 'ben', name: 'Ben', color: '#c2410c', role: 'candidate' as const }]
]);

function moment(by: string | null, detail: MomentDetail): Moment {
  return { seq: 1, at: 0, by, ...detail };
}

const ran = {
  kind: 'ran',
  runId: 'r',
  language: 'python',
  status: 'ok',
  lines: 2,
  error: null,
  tests: null
} as const;

it.each<[string, string | null, MomentDetail]>([
  ['Ben joined as candidate', 'ben', { kind: 'joined', role: 'candidate' }],
  ['Ben left', 'ben', { kind: 'left' }],
  ['Ben reconnected', 'ben', { kind: 'reconnected', times: 1 }],
  ['Ben reconnected 8 times', 'ben', { kind: 'reconnected', times: 8 }],
  ['Ben was away for 1 min 1 s', 'ben', { kind: 'away', ms: 61_000 }],
  ['Nobody was there for 2 h 5 min', null, { kind: 'empty', ms: 7_500_000 }],
  [
    'Ben typed 45 characters in 20 s',
    'ben',
    { kind: 'typed', inserted: 45, deleted: 0, ms: 20_100 }
  ],
  ['Ben typed 1 character', 'ben', { kind: 'typed', inserted: 1, deleted: 0, ms: 0 }],
  [
    'Ben typed 9 characters and deleted 3 in 4 s',
    'ben',
    { kind: 'typed', inserted: 9, deleted: 3, ms: 4000 }
  ],
  ['Ben deleted 7 characters', 'ben', { kind: 'typed', inserted: 0, deleted: 7, ms: 20 }],
  ['Ben pasted 312 characters', 'ben', { kind: 'pasted', length: 312 }],
  ['Ana put back 80 characters of their own', 'ana', { kind: 'restored', length: 80 }],
  [
    'Ben came back with 80 characters written without a connection',
    'ben',
    { kind: 'caught-up', length: 80 }
  ],
  ['The text was set: 80 characters', null, { kind: 'given', length: 80 }],
  ['Ana ran Python: 2 lines of output', 'ana', ran],
  ['Ana ran Python: 2 of 5 tests passed', 'ana', { ...ran, tests: { tests: 5, passed: 2 } }],
  [
    'Ana ran Python: 0 of 1 test passed',
    'ana',
    { ...ran, status: 'error', error: 'Exited with code True', tests: { tests: 1, passed: 0 } }
  ],
  [
    'Ana ran Python: 2 lines of output, error: KeyError: 1',
    'ana',
    { ...ran, status: 'error', error: 'KeyError: 1', tests: { tests: 1, passed: 1 } }
  ],
  ['Ana ran Python: no output', 'ana', { ...ran, lines: 0 }],
  [
    'Ana ran Python: 1 line of output, error: ZeroDivisionError: division by zero',
    'ana',
    { ...ran, lines: 1, status: 'error', error: 'ZeroDivisionError: division by zero' }
  ],
  [
    'Ana ran Python: error: SyntaxError',
    'ana',
    { ...ran, lines: 0, status: 'error', error: 'SyntaxError' }
  ],
  ['Ana ran Python: 2 lines of output, stopped', 'ana', { ...ran, status: 'stopped' }],
  ['Ana ran Python: 2 lines of output, out of time', 'ana', { ...ran, status: 'timeout' }],
  [
    'Ana ran Python: no lines of output, never finished',
    'ana',
    { ...ran, lines: 0, status: 'lost' }
  ],
  ['Ben changed the language to JavaScript', 'ben', { kind: 'language', language: 'javascript' }],
  ['Ana changed the title to “Backend”', 'ana', { kind: 'title', title: 'Backend' }],
  ['Ana removed the title', 'ana', { kind: 'title', title: '' }],
  ['Ana changed the question', 'ana', { kind: 'question', removed: false }],
  ['Ana removed the question', 'ana', { kind: 'question', removed: true }],
  ['Ana added the file a.py', 'ana', { kind: 'file', change: 'added', name: 'a.py' }],
  ['Ana locked the session for candidates', 'ana', { kind: 'locked', locked: true }],
  ['Ana unlocked the session for candidates', 'ana', { kind: 'locked', locked: false }],
  ['Ben became observer', 'ben', { kind: 'role', role: 'observer' }],
  ['Moon changed their name to Ben', 'ben', { kind: 'named', from: 'Moon', name: 'Ben' }],
  ['Ben continued on another device', 'ben', { kind: 'moved' }],
  ['Someone ended the session', 'zoe', { kind: 'ended' }]
])('says: %s', (said, by, detail) => {
  expect(sentence(moment(by, detail), CAST)).toBe(said);
});

it('marks events that interviewers should check', () => {
  expect(isNotable(moment('ben', { kind: 'pasted', length: 312 }))).toBe(true);
  expect(isNotable(moment('ben', { kind: 'away', ms: 61_000 }))).toBe(true);
  expect(isNotable(moment('ben', { kind: 'typed', inserted: 1, deleted: 0, ms: 0 }))).toBe(false);
});

it('says how long', () => {
  expect([900, 59_400, 60_000, 3_599_000].map(roughly)).toEqual([
    ...['1 s', '59 s', '1 min 0 s', '59 min 59 s']
  ]);
  expect([0, 5999, 723_000, 3_723_000].map(filmTime)).toEqual(['0:00', '0:05', '12:03', '1:02:03']);
});
