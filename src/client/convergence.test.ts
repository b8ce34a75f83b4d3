import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runnersBy } from './runner';
import type { Language } from '../protocol/wire';
import { ArenaSession } from './session';
import { FakeRunner } from '../testing/fake-runner';
import { Relay } from '../testing/relay';
import { user } from '../testing/user';

/**
 * Several people type, run, and lose their connections at any moment. When all messages have
 * arrived, everybody sees the same and the server has it. The relay throws on a gap, on an edit
 * before the first answer, and on a frame that is too large.
 */
type Move =
  | { kind: 'type'; who: number; at: number; text: string }
  | { kind: 'erase'; who: number; at: number; length: number }
  | { kind: 'language'; who: number; language: Language }
  | { kind: 'run'; who: number }
  | { kind: 'print'; who: number; text: string }
  | { kind: 'end'; who: number }
  | { kind: 'cut'; who: number }
  | { kind: 'mend'; who: number }
  | { kind: 'carry'; who: number; direction: 'up' | 'down'; frames: number }
  | { kind: 'wait'; milliseconds: number };

const who = fc.nat(2);
const at = fc.nat(60);
const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '👩‍💻'), maxLength: 6 });
const direction = fc.constantFrom('up' as const, 'down' as const);
const language = fc.constantFrom<Language>('javascript', 'python');

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('type' as const), who, at, text }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('erase' as const), who, at, length: fc.nat(5) })
  },
  fc.record({ kind: fc.constant('language' as const), who, language }),
  fc.record({ kind: fc.constant('run' as const), who }),
  fc.record({ kind: fc.constant('print' as const), who, text }),
  fc.record({ kind: fc.constant('end' as const), who }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mend' as const), who }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('carry' as const), who, direction, frames: fc.nat(6) })
  },
  fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(120) })
);

/** The boundary at or before `index` that no character spans. */
function boundary(value: string, index: number): number {
  const place = Math.min(index, value.length);
  const unit = value.charCodeAt(place);
  return place > 0 && unit >= 0xdc00 && unit <= 0xdfff ? place - 1 : place;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('everybody ends with the same text, the same runs and everything saved', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 80, size: 'max' }), async moves => {
      const relay = new Relay();
      const seats = ['ann', 'bob', 'cy'].map(name => {
        const line = relay.line(user(name));
        const runner = new FakeRunner();
        const runners = runnersBy(() => runner);
        return { line, runner, session: new ArenaSession({ connection: line, runners }) };
      });
      const seat = (index: number) => {
        const found = seats[index];
        if (!found) throw new Error('nobody sits there');
        return found;
      };
      let typed = 0;
      for (const each of moves) {
        if (each.kind === 'wait') {
          await vi.advanceTimersByTimeAsync(each.milliseconds);
          continue;
        }
        const { line, runner, session } = seat(each.who);
        const value = session.code.toJSON();
        switch (each.kind) {
          case 'type':
            session.code.insert(boundary(value, each.at), each.text);
            typed += each.text.length;
            break;
          case 'erase': {
            const start = boundary(value, each.at);
            const end = boundary(value, start + each.length);
            session.code.delete(start, end - start);
            typed -= end - start;
            break;
          }
          case 'language':
            session.setLanguage(each.language);
            break;
          case 'run':
            session.run();
            break;
          case 'print':
            runner.print({ stream: 'stdout', data: each.text });
            break;
          case 'end':
            runner.end({ status: 'ok', error: null, durationMs: 1 });
            break;
          case 'cut':
            line.down();
            break;
          case 'mend':
            line.up();
            break;
          case 'carry':
            for (let n = 0; n < each.frames; n++) line.deliverOne(each.direction);
            break;
        }
      }
      for (const { line, runner } of seats) {
        line.up();
        runner.end({ status: 'ok', error: null, durationMs: 1 });
      }
      for (let round = 0; round < 3; round++) {
        relay.settle();
        await vi.advanceTimersByTimeAsync(200);
      }
      relay.settle();
      for (const { session } of seats) {
        expect(session.code.toJSON()).toBe(relay.text);
        expect(session.snapshot.saving).toBe('saved');
        expect(session.snapshot.notice).toBeNull();
        expect(session.snapshot.run).toBeNull();
        expect(session.snapshot.state?.language).toBe(relay.state.language);
        const seen = session.snapshot.state?.runs.map(({ startedAt: _, ...run }) => run);
        const stored = relay.state.runs.map(({ startedAt: _, ...run }) => run);
        expect(seen?.toSorted(byId)).toEqual(stored.toSorted(byId));
        expect(seen?.every(run => run.status === 'ok')).toBe(true);
      }
      // Two people who erase the same text offline erase it once, so more may be left; never less.
      expect(relay.text.length).toBeGreaterThanOrEqual(Math.max(0, typed));
      expect(relay.text).not.toContain('\ufffd');
      expect(new Set(relay.ids).size).toBe(relay.ids.length);
      for (const { session } of seats) session.dispose();
    }),
    { numRuns: 150 }
  );
}, 60_000);

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}
