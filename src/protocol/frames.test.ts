import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from './event-codec';
import { FrameError, SYNC, decodeFrame, decodeSync, encodeFrame, encodeSync } from './frames';

const bytes = fc.uint8Array({ maxLength: 300, size: 'max' });
const sync = fc.record({ type: fc.constantFrom(...Object.values(SYNC)), body: bytes });

function frame(...write: ((encoder: encoding.Encoder) => void)[]): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const each of write) each(encoder);
  return encoding.toUint8Array(encoder);
}

describe('binary frames', () => {
  it('are those of y-protocols', () => {
    const message = encodeSync({ type: SYNC.update, body: Uint8Array.of(7, 8) });
    expect([...message]).toEqual([2, 2, 7, 8]);
    expect([...encodeFrame({ kind: 'sync', document: 'pad', message })]).toEqual([0, 2, 2, 7, 8]);
    expect([...encodeFrame({ kind: 'presence', update: Uint8Array.of(9) })]).toEqual([1, 1, 9]);
    expect([...encodeFrame({ kind: 'sync', document: 'notes', message })]).toEqual([
      100, 5, 110, 111, 116, 101, 115, 2, 2, 7, 8
    ]);
  });

  it('are decoded as they were encoded', () => {
    fc.assert(
      fc.property(sync, fc.constantFrom('pad' as const, 'notes' as const), (message, document) => {
        const decoded = decodeFrame(
          encodeFrame({ kind: 'sync', document, message: encodeSync(message) })
        );
        expect(decoded).toMatchObject({ kind: 'sync', document });
        if (decoded.kind === 'sync') expect(decodeSync(decoded.message)).toEqual(message);
      })
    );
    fc.assert(
      fc.property(bytes, update => {
        expect(decodeFrame(encodeFrame({ kind: 'presence', update }))).toEqual({
          kind: 'presence',
          update
        });
      })
    );
  });

  it('raise nothing but FrameError, for any bytes', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(bytes, noisy(bytes)), data => {
        try {
          decodeFrame(data);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
          refused++;
        }
      }),
      { numRuns: 5000 }
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it.each([
    ['nothing', frame()],
    ['an unknown type', frame(e => encoding.writeVarUint(e, 5))],
    ['a number without end', new Uint8Array(100).fill(0xff)],
    ['an unknown document', frame(e => encoding.writeVarUint(e, 100), named('other'), update())],
    ['an unknown sync message', frame(e => encoding.writeVarUint(e, 0), update(4))],
    ['a length past the end', Uint8Array.of(0, 2, 200, 1)],
    ['a length that is absurd', Uint8Array.of(1, 255, 255, 255, 255, 255, 255, 255, 15)],
    ['bytes left over', Uint8Array.of(0, 2, 1, 7, 7)],
    ['a name that is not UTF-8', Uint8Array.of(100, 2, 0xff, 0xfe, 2, 0)],
    ['a frame without bounds', new Uint8Array(17 * 1024 * 1024)]
  ])('refuse %s', (_, data) => {
    expect(() => decodeFrame(data)).toThrow(FrameError);
  });
});

describe('text frames', () => {
  it('carry events', () => {
    const text = encodeEvent({ type: 'language-change', payload: { language: 'python' }, id: 'i' });
    expect(JSON.parse(text)).toEqual({
      type: 'language-change',
      payload: { language: 'python' },
      id: 'i'
    });
    const saved = { type: 'saved', payload: { seq: 3, count: 1 } };
    expect(decodeEvent(JSON.stringify(saved))).toEqual(saved);
  });

  it('skip unknown events of a newer server', () => {
    expect(decodeEvent('{"type":"confetti","payload":{}}')).toBeNull();
    expect(decodeEvent('{"type":"constructor","payload":{}}')).toBeNull();
  });

  it.each([
    'not json',
    'null',
    '[]',
    '{"type":"saved"}',
    '{"type":7,"payload":{}}',
    '{"type":"session-ended","payload":{"userId":null}}',
    '{"type":"session-ended","payload":{"userId":null},"seq":"1","at":1}'
  ])('refuse %s', text => {
    expect(() => decodeEvent(text)).toThrow(FrameError);
  });

  it('raise nothing but FrameError, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        try {
          decodeEvent(text);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      })
    );
  });
});

/** Bytes behind a valid beginning, which lead a decoder into nested parts. */
function noisy(arbitrary: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const starts = fc.constantFrom([0], [0, 2], [1], [100, 3, 112, 97, 100], [100, 4]);
  return fc.tuple(starts, arbitrary).map(([start, rest]) => Uint8Array.of(...start, ...rest));
}

function named(name: string) {
  return (encoder: encoding.Encoder): void => encoding.writeVarString(encoder, name);
}

function update(type = 2) {
  return (encoder: encoding.Encoder): void => {
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, Uint8Array.of(0, 0));
  };
}
