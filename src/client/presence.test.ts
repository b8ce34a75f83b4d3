import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { FrameError } from '../protocol/frames';
import { Presence } from './presence';

function update(...states: [client: number, clock: number, json: string][]): Uint8Array {
  const parts = states.flatMap(([client, clock, json]) => {
    const text = new TextEncoder().encode(json);
    return [...number(client), ...number(clock), ...number(text.length), ...text];
  });
  return Uint8Array.of(...number(states.length), ...parts);
}

function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
}

function withPresence(test: (presence: Presence) => void): void {
  const presence = new Presence(new Y.Doc(), () => undefined);
  try {
    test(presence);
  } finally {
    presence.dispose();
  }
}

it('raises nothing but FrameError, for any bytes', () => {
  withPresence(presence => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100, size: 'max' }), bytes => {
        try {
          presence.receive(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 3000 }
    );
  });
});

it('takes any JSON as a state, and shows only known members', () => {
  withPresence(presence => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, clock) => {
        presence.receive(update([4711, clock + 1, json]));
        for (const key of Object.keys(presence.awareness.getStates().get(4711) ?? {})) {
          expect(['user', 'cursor']).toContain(key);
        }
      })
    );
  });
});

it.each([
  ['too many states', update(...Array<[number, number, string]>(257).fill([1, 1, '{}']))],
  ['a state that is too large', update([1, 1, JSON.stringify('x'.repeat(5000))])],
  ['a state that is no JSON', update([1, 1, '{'])],
  ['a state cut off', update([1, 1, '{}']).slice(0, -1)]
])('refuses %s', (_, bytes) => {
  withPresence(presence => {
    expect(() => presence.receive(bytes)).toThrow(FrameError);
    expect(presence.awareness.getStates().size).toBe(1);
  });
});
