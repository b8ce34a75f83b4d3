/** The access table of permissions. */
import { describe, expect, it } from 'vitest';
import { can } from './permissions';
import type { Action } from './permissions';
import type { Role, SessionStatus } from '../protocol/wire';

const STATUSES: readonly SessionStatus[] = ['open', 'locked', 'ended'];

/** For each role, whether it may while the session is open, locked and ended. */
const TABLE: readonly [Action, Readonly<Record<Role, string>>][] = [
  ['read', { interviewer: 'yyy', candidate: 'yyn', observer: 'yyn' }],
  ['notes-read', { interviewer: 'yyy', candidate: 'nnn', observer: 'nnn' }],
  ['write', { interviewer: 'yyn', candidate: 'ynn', observer: 'nnn' }],
  ['run', { interviewer: 'yyn', candidate: 'ynn', observer: 'nnn' }],
  ['language', { interviewer: 'yyn', candidate: 'ynn', observer: 'nnn' }],
  ['notes-write', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['question', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['role', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['invite', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['lock', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['end', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['remove', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['admit', { interviewer: 'yyn', candidate: 'nnn', observer: 'nnn' }],
  ['recording', { interviewer: 'yyy', candidate: 'nnn', observer: 'nnn' }]
];

const CASES = TABLE.flatMap(([action, roles]) =>
  Object.entries(roles).map(([role, expected]) => [role as Role, action, expected] as const)
);

describe('can', () => {
  it.each(CASES)('%s %s: %s', (role, action, expected) => {
    const found = STATUSES.map(status => (can(role, action, status) ? 'y' : 'n')).join('');
    expect(found).toBe(expected);
  });
});
