/** Seeking shows the same as a replay, for any text that people can type. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';

import { Recorder } from '../../tests/load/typists/recorder';
import { readTrace, recordTrace } from '../../tests/load/typists/traces';
import { buildFilm } from './film-builder';
import { Film } from './film';

function filmOf(recorder: Recorder): Film {
  return new Film(buildFilm(recorder.text()));
}

/** The text after each entry, and the client of each unit, by applying one edit after another. */
function* replay(recorder: Recorder): Generator<{ text: string; clients: number[] }> {
  const doc = new Y.Doc();
  const text = doc.getText('code');
  yield { text: '', clients: [] };
  for (const { edit } of recorder.entries) {
    if (edit) {
      const { update } = edit as { update: string };
      Y.applyUpdate(doc, new Uint8Array(Buffer.from(update, 'base64')));
    }
    const clients: number[] = [];
    for (let item = text._start; item !== null; item = item.right) {
      if (!item.deleted) {
        clients.push(...Array<number>(item.length).fill(item.id.client));
      }
    }
    yield { text: text.toJSON(), clients };
  }
}

const piece = fc.oneof(
  fc.constantFrom('a', 'def f():\n    ', '🙂', '日本', '👩‍👩‍👧', '\ufeff', '<b>&', 'é'),
  fc.string({ maxLength: 80 })
);

const step = fc.oneof(
  fc.record({ who: fc.nat(2), at: fc.nat(), text: piece.filter(text => text !== '') }),
  fc.record({ who: fc.nat(2), at: fc.nat(), remove: fc.integer({ min: 1, max: 30 }) }),
  fc.constant('sync' as const)
);

/** Record people who type at once and see each other's typing only at intervals. */
function record(
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]
): Recorder {
  const recorder = new Recorder();
  const people = ['ana', 'ben', 'cam'].map(id => recorder.person(id));
  for (const each of steps) {
    recorder.at += 40;
    if (each === 'sync') {
      recorder.sync();
      continue;
    }
    const { text, id } = people[each.who] ?? {};
    if (!text || id === undefined) continue;
    // As an editor does, never in the middle of a surrogate pair.
    const whole = (at: number): number =>
      /^[\udc00-\udfff]/.test(text.toJSON().slice(at)) ? at - 1 : at;
    const from = whole(each.at % (text.length + 1));
    if ('text' in each) text.insert(from, each.text);
    else text.delete(from, Math.max(0, whole(Math.min(text.length, from + each.remove)) - from));
  }
  return recorder;
}

describe('a film', () => {
  it('shows at every entry what a replay shows, and whose it is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const recorder = record(steps);
        const film = filmOf(recorder);
        [...replay(recorder)].forEach(({ text, clients }, seq) => {
          const frame = film.frame(film.main, seq);
          expect(frame.text).toBe(text);
          const owners = film
            .authorRuns(film.main, frame, 0, frame.text.length)
            .flatMap(({ from, to, author }) =>
              Array.from({ length: to - from }, () => film.data.authors[author])
            );
          expect(owners).toEqual(clients.map(client => ['ana', 'ben', 'cam'][client - 1]));
        });
      }),
      { numRuns: 150 }
    );
  });

  it.each(['sveltecomponent', 'clownschool'])('ends as the trace %s does', name => {
    const trace = readTrace(name);
    const film = filmOf(recordTrace(trace));
    expect(film.frame(film.main, film.end).text === trace.endContent).toBe(true);
  });

  it('shows the middle of a concurrent trace as a replay does', () => {
    const recorder = recordTrace(readTrace('clownschool'));
    const film = filmOf(recorder);
    const doc = new Y.Doc();
    recorder.entries.forEach(({ seq, edit }) => {
      const { update } = edit as { update: string };
      Y.applyUpdate(doc, new Uint8Array(Buffer.from(update, 'base64')));
      if (Number(seq) % 997 !== 0) return;
      const shown = film.frame(film.main, Number(seq)).text;
      expect(shown === doc.getText('code').toJSON()).toBe(true);
    });
  });

  it('applies an edit once that was sent twice, in part or as a whole', () => {
    const recorder = new Recorder();
    const ana = recorder.person('ana');
    ana.type('one ');
    const first = Y.encodeStateAsUpdate(ana.doc);
    ana.type('two ');
    recorder.edit('ana', first);
    ana.doc.transact(() => {
      ana.type('three ');
    });
    recorder.edit('ana', Y.encodeStateAsUpdate(ana.doc));
    const film = filmOf(recorder);
    expect(film.frame(film.main, film.end).text).toBe('one two three ');
    expect(film.frame(film.main, 1).text).toBe('one ');
  });

  it('puts the cursor of each person present where they typed or deleted last', () => {
    const recorder = new Recorder();
    const [ana, ben] = [recorder.person('ana'), recorder.person('ben')];
    ana.join(); // 1
    ben.join(); // 2
    ana.type('hello'); // 3
    recorder.sync();
    ben.type('>> ', 0); // 4
    recorder.sync();
    ana.text.delete(4, 2); // 5
    ben.leave(); // 6
    const film = filmOf(recorder);
    const cursors = (seq: number): [string | null | undefined, number][] =>
      film
        .cursors(film.main, film.frame(film.main, seq), seq)
        .map(({ author, position }) => [film.data.authors[author], position]);
    expect(cursors(3)).toEqual([['ana', 5]]);
    expect(cursors(4)).toEqual([
      ['ana', 8],
      ['ben', 3]
    ]);
    expect(cursors(5)).toEqual([
      ['ana', 4],
      ['ben', 3]
    ]);
    expect(cursors(6)).toEqual([['ana', 4]]);
  });

  it('has the author and the time of a character', () => {
    const recorder = new Recorder();
    const [ana, ben] = [recorder.person('ana'), recorder.person('ben')];
    ana.type('ac');
    recorder.sync();
    recorder.at += 5000;
    ben.type('b', 1);
    const film = filmOf(recorder);
    const frame = film.frame(film.main, 2);
    expect(frame.text).toBe('abc');
    expect([0, 1, 2].map(at => film.bornAt(film.main, frame, at))).toEqual([1, 2, 1]);
  });

  it('has every file of the pad, also before anybody wrote in it', () => {
    const recorder = new Recorder();
    const ana = recorder.person('ana');
    const root = 'code/2';
    ana.type('import other'); // 1
    recorder.event('file-added', { userId: 'ana', name: 'other.py', root }, 'ana');
    ana.doc.getText(root).insert(0, 'x = 1'); // 3
    const film = filmOf(recorder);
    expect(film.frame(film.padText(root), 2).text).toBe('');
    expect(film.frame(film.padText(root), 3).text).toBe('x = 1');
    expect(film.frame(film.main, 3).text).toBe('import other');
    expect(film.frame(film.padText('code/9'), 3).text).toBe('');
    expect(film.stateAt(3).files.map(({ name }) => name)).toContain('other.py');
  });

  it('has the session as it was at each entry, in any order of seeking', () => {
    const recorder = new Recorder();
    const ana = recorder.person('ana');
    ana.join('Ana', 'interviewer'); // 1
    for (let run = 0; run < 100; run++) {
      const runId = `run-${run}`;
      const [userId, language] = ['ana', 'python'] as const;
      recorder.event('execute-code', { userId, runId, language, code: `print(${run})` }, 'ana');
      const chunks = [{ stream: 'stdout' as const, data: `${run}\n` }];
      recorder.event('execution-output', { userId, runId, chunks }, 'ana');
    }
    recorder.event('session-locked', { userId: 'ana', locked: true }, 'ana');
    const film = filmOf(recorder);
    const output = (seq: number): string | undefined =>
      film
        .stateAt(seq)
        .runs.at(-1)
        ?.chunks.map(chunk => chunk.data)
        .join('');
    for (const seq of [film.end, 2, 3, 151, 150, 64, 65, 201]) {
      expect(output(seq)).toBe(
        seq % 2 === 0 && seq < film.end ? '' : `${Math.min(99, (seq - 3) >> 1)}\n`
      );
    }
    expect(film.stateAt(film.end).status).toBe('locked');
    expect(film.stateAt(film.end - 1).status).toBe('open');
    expect(film.stateAt(0).present.size).toBe(0);
  });
});
