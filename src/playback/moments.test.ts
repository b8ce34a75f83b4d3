/** The moments of a recording, as its readers need to know them. */
import { expect, it } from 'vitest';

import { Recorder, START } from '../../tests/load/typists/recorder';
import { buildFilm } from './film-builder';
import { Film } from './film';
import type { Moment } from './moments';
import { Timeline } from './timeline';

function momentsOf(recorder: Recorder): readonly Moment[] {
  return buildFilm(recorder.text()).moments;
}

const LONG = 'x = [1, 2, 3]  # a line that nobody types in one frame, ever\n';

it('tells typing from pasting, from undo, and from what was typed without a connection', () => {
  const recorder = new Recorder();
  const ben = recorder.person('ben');
  ben.join();
  for (const key of 'def') {
    recorder.at += 500;
    ben.type(key);
  }
  ben.text.delete(2, 1);
  recorder.at += 20_000;
  ben.type('f');
  recorder.at += 20_000;
  ben.type(LONG);
  recorder.at += 1000;
  ben.text.delete(3, LONG.length);
  recorder.at += 1000;
  ben.type(LONG, 3);
  // The server has not noticed that the connection was lost.
  recorder.at += 10_000;
  recorder.event('typing-caught-up', { userId: 'ben' }, 'ben');
  ben.type(`${LONG}again`);
  recorder.at += 100;
  ben.type(`${LONG}once more`);
  const length = LONG.length;
  expect(momentsOf(recorder).map(({ seq: _, at: __, by: ___, ...detail }) => detail)).toEqual([
    { kind: 'joined', role: 'candidate' },
    expect.objectContaining({ kind: 'typed', inserted: 3, deleted: 1, ms: 1000 }),
    expect.objectContaining({ kind: 'typed', inserted: 1, deleted: 0, ms: 0 }),
    { kind: 'pasted', length },
    expect.objectContaining({ kind: 'typed', inserted: 0, deleted: length }),
    { kind: 'restored', length },
    { kind: 'caught-up', length: length + 5 },
    { kind: 'pasted', length: length + 9 }
  ]);
});

it('marks long absences, and times without participants', () => {
  const recorder = new Recorder();
  const [ana, ben] = [recorder.person('ana'), recorder.person('ben')];
  ana.join();
  ben.join();
  ben.leave(); // 3
  recorder.at += 61_000;
  ben.join();
  ana.leave();
  ben.leave(); // 6
  recorder.at += 300_000;
  ana.join();
  const absences = momentsOf(recorder).filter(({ kind }) => kind === 'away' || kind === 'empty');
  expect(absences).toEqual([
    { seq: 3, at: START, by: 'ben', kind: 'away', ms: 61_000 },
    { seq: 5, at: START + 61_000, by: 'ana', kind: 'away', ms: 300_000 },
    { seq: 6, at: START + 61_000, by: null, kind: 'empty', ms: 300_000 }
  ]);
});

it('folds the reloads of a page into one moment, at the time of the first', () => {
  const recorder = new Recorder();
  const [ana, ben] = [recorder.person('ana'), recorder.person('ben')];
  ana.join();
  ben.join();
  for (let reload = 0; reload < 8; reload++) {
    recorder.at += 30_000;
    ben.leave(); // first 3
    recorder.at += 2000;
    ben.join();
  }
  recorder.at += 700_000;
  ben.leave(); // 19
  recorder.at += 60_000;
  ben.join();
  ana.leave(); // 21
  recorder.at += 1000;
  ben.leave();
  expect(momentsOf(recorder)).toEqual([
    { seq: 1, at: START, by: 'ana', kind: 'joined', role: 'candidate' },
    { seq: 2, at: START, by: 'ben', kind: 'joined', role: 'candidate' },
    expect.objectContaining({
      seq: 3,
      at: START + 30_000,
      by: 'ben',
      kind: 'reconnected',
      times: 8
    }),
    expect.objectContaining({ seq: 19, by: 'ben', kind: 'reconnected', times: 1 }),
    expect.objectContaining({ seq: 21, by: 'ana', kind: 'left' }),
    expect.objectContaining({ seq: 22, by: 'ben', kind: 'left' })
  ]);
});

it('still tells of a participant who left for longer, in order', () => {
  const recorder = new Recorder();
  const ben = recorder.person('ben');
  ben.join();
  ben.leave();
  recorder.at += 60_001;
  ben.join();
  expect(momentsOf(recorder).map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'joined'],
    [2, 'left'],
    [2, 'empty'],
    [2, 'away'],
    [3, 'joined']
  ]);
});

it('marks a run with its end, and the first text of a session without an author', () => {
  const recorder = new Recorder();
  const ana = recorder.person('ana');
  recorder.edit(null, starter());
  const [userId, runId, language] = ['ana', 'r1', 'python'] as const;
  recorder.event('execute-code', { userId, runId, language, code: '1/0' }, 'ana');
  recorder.event(
    'execution-output',
    { userId, runId, chunks: [{ stream: 'stdout', data: 'one\ntw' }] },
    'ana'
  );
  recorder.event(
    'execution-output',
    { userId, runId, chunks: [{ stream: 'stdout', data: 'o\n' }] },
    'ana'
  );
  const error = 'Traceback:\n  line 1\nZeroDivisionError: division by zero\n';
  recorder.event(
    'execution-result',
    { userId, runId, output: '', error, durationMs: 3, status: 'error' },
    'ana'
  );
  ana.join();
  const [given, ran] = momentsOf(recorder);
  expect(given).toMatchObject({ kind: 'given', by: null, length: 4 });
  expect(ran).toMatchObject({
    ...{ kind: 'ran', by: 'ana', language: 'python', status: 'error', lines: 2 },
    error: 'ZeroDivisionError: division by zero'
  });
});

it.each([
  ['Traceback (most recent call last):\n  line 1\nKeyError: 1\n', 'KeyError: 1'],
  ['TypeError: no\n    at main.js:3:7', 'TypeError: no'],
  ['Out of memory', 'Out of memory']
])('names the error of %j', (error, named) => {
  const recorder = new Recorder();
  recorder.event(
    'execution-result',
    { userId: null, runId: 'r', output: '', error, durationMs: 1, status: 'error' },
    'ana'
  );
  expect(momentsOf(recorder)).toMatchObject([{ kind: 'ran', lines: 0, error: named }]);
});

it('keeps two runs with the same id apart', () => {
  const recorder = new Recorder();
  const end = { output: '', error: null, durationMs: 1, status: 'ok' as const };
  for (const userId of ['ana', 'ben']) {
    const run = { userId, runId: 'r' };
    recorder.event('execute-code', { ...run, language: 'python', code: userId }, userId);
    recorder.event('execution-result', { ...run, ...end }, userId);
  }
  expect(momentsOf(recorder)).toMatchObject([
    { kind: 'ran', by: 'ana', status: 'ok' },
    { kind: 'ran', by: 'ben', status: 'ok' }
  ]);
});

it('has the summary of tests, however their output was split', () => {
  const recorder = new Recorder();
  const [userId, runId, language] = ['ana', 'r1', 'python'] as const;
  recorder.event('execute-code', { userId, runId, language, code: '…' }, 'ana');
  const output = `${'.'.repeat(5000)}\nRan 5 tests in 0.1s\n\nFAILED (failures=3)\n`;
  for (const data of output.match(/[^]{1,7}/g) ?? []) {
    recorder.event(
      'execution-output',
      { userId, runId, chunks: [{ stream: 'stderr', data }] },
      'ana'
    );
  }
  const read = { stream: 'stdin' as const, data: 'Ran 9 tests in 0.1s\n\nOK\n' };
  recorder.event('execution-output', { userId, runId, chunks: [read] }, 'ana');
  const end = {
    output: '',
    error: 'Exited with code True',
    durationMs: 3,
    status: 'error' as const
  };
  recorder.event('execution-result', { userId, runId, ...end }, 'ana');
  expect(momentsOf(recorder)).toMatchObject([{ kind: 'ran', tests: { tests: 5, passed: 2 } }]);
});

it('finds the next and the previous moment of a kind', () => {
  const recorder = new Recorder();
  const ana = recorder.person('ana');
  ana.join(); // 1
  ana.type(LONG); // 2
  ana.type('a'); // 3
  ana.type(LONG + LONG); // 4
  const film = new Film(buildFilm(recorder.text()));
  expect(film.moment(0, 1, ['pasted'])?.seq).toBe(2);
  expect(film.moment(2, 1, ['pasted'])?.seq).toBe(4);
  expect(film.moment(4, 1, ['pasted'])).toBeNull();
  expect(film.moment(4, -1, ['pasted'])?.seq).toBe(2);
  expect(film.edit(1, 1)).toBe(2);
  expect(film.edit(2, -1)).toBe(0);
  expect(film.edit(4, 1)).toBeNull();
});

it('skips idle time, or keeps it', () => {
  const at = Float64Array.of(0, 0, 500, 90_500, 91_000).map(each => each + START);
  const short = new Timeline(at, true);
  const whole = new Timeline(at, false);
  expect([short.length, whole.length]).toEqual([3000, 91_000]);
  expect([0, 1, 2, 3, 4].map(seq => short.timeOf(seq))).toEqual([0, 0, 500, 2500, 3000]);
  expect([0, 499, 500, 2499, 2500, 9999].map(time => short.seqAt(time))).toEqual([
    1, 1, 2, 2, 3, 4
  ]);
  expect(whole.seqAt(3000)).toBe(2);
});

function starter(): Uint8Array {
  const other = new Recorder();
  const server = other.person('server', 9);
  server.type('pass');
  const { update } = other.entries[0]?.edit as { update: string };
  return new Uint8Array(Buffer.from(update, 'base64'));
}
