import { describe, expect, it } from 'vitest';

import type { Run, User } from '../../protocol/wire';
import { duration, ranBy, runStatus, savedState } from './format';

const ada: User = { id: 'a', name: 'Ada', color: '#112233', role: 'interviewer' };
const grace: User = { id: 'g', name: 'Grace', color: '#445566', role: 'candidate' };
const people = new Map([ada, grace].map(user => [user.id, user]));

function runOf(userId: string | null): Run {
  return {
    id: 'r',
    userId,
    language: 'python',
    code: '',
    startedAt: 0,
    chunks: [],
    status: 'ok',
    error: null,
    durationMs: 120,
    trimmed: false,
    location: null,
    main: null,
    files: {},
    asks: null
  };
}

describe('values as text', () => {
  it('says how long a run took', () => {
    expect(duration(3)).toBe('< 0.01 s');
    expect(duration(124)).toBe('0.12 s');
    expect(duration(12_340)).toBe('12.3 s');
    expect(duration(125_000)).toBe('2 min 5 s');
  });

  it('says how a run ended', () => {
    expect(runStatus('running', null)).toBe('Running…');
    expect(runStatus('ok', 120)).toBe('Finished in 0.12 s');
    expect(runStatus('timeout', 30_000)).toBe('Timed out after 30.0 s');
    expect(runStatus('error', null)).toBe('Error');
    expect(runStatus('lost', null)).toBe('Lost: their browser went away');
  });

  it('says whose browser ran it', () => {
    expect(ranBy(runOf('a'), people, ada)).toBe('Ran in your browser');
    expect(ranBy(runOf('g'), people, ada)).toBe('Ran in Grace’s browser');
    expect(ranBy(runOf('unknown'), people, ada)).toBe('Ran in someone’s browser');
    expect(ranBy(runOf(null), people, null)).toBe('Ran in someone’s browser');
  });

  it('says Saved only on an open connection that confirmed everything', () => {
    expect(savedState({ phase: 'open' }, 'saved', true)).toBe('Saved');
    expect(savedState({ phase: 'open', checking: true }, 'saved', true)).toBe('Checking…');
    expect(savedState({ phase: 'open', checking: true }, 'saving', true)).toBe('Saving…');
    expect(savedState({ phase: 'offline', retryAt: 0 }, 'offline', false)).toBe('Not connected');
    expect(savedState({ phase: 'open' }, 'saving', true)).toBe('Saving…');
    expect(savedState({ phase: 'connecting' }, 'offline', false)).toBe('Connecting…');
    expect(savedState({ phase: 'connecting' }, 'offline', true)).toBe('Reconnecting…');
    expect(savedState({ phase: 'offline', retryAt: 0 }, 'offline', true)).toBe(
      'Offline – typing goes on'
    );
    expect(savedState({ phase: 'open' }, 'local', true)).toBe('Only in this browser');
    expect(savedState({ phase: 'open' }, 'not-stored', true)).toBe('Not stored');
  });
});
