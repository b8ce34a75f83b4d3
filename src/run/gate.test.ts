/** The page's own limits on a run's output, for workers that keep to none. */
import { expect, test, vi } from 'vitest';
import { LIMITS, type Chunk } from '../core/protocol';
import { Gate } from './gate';
import { DISPLAY_LIMIT } from './messages';

const text = (length: number): Chunk => ({ stream: 'stdout', data: 'x'.repeat(length) });

test('output within the limit passes, and what breaks it ends everything', () => {
  const output = vi.fn();
  const onOverrun = vi.fn();
  const gate = new Gate(output, onOverrun);
  const pieces = LIMITS.output / LIMITS.chunk;
  for (let n = 0; n < pieces; n++) {
    gate.pass(text(LIMITS.chunk));
  }
  expect(output).toHaveBeenCalledTimes(pieces);
  expect(onOverrun).not.toHaveBeenCalled();
  gate.pass(text(1));
  expect(output).toHaveBeenCalledTimes(pieces);
  expect(onOverrun).toHaveBeenCalled();
});

test('values are counted, too', () => {
  const onOverrun = vi.fn();
  const gate = new Gate(() => undefined, onOverrun);
  for (let n = 0; n < DISPLAY_LIMIT; n++) {
    gate.pass({ mime: 'text/plain', data: '' });
  }
  expect(onOverrun).not.toHaveBeenCalled();
  gate.pass({ mime: 'text/plain', data: '' });
  expect(onOverrun).toHaveBeenCalled();
});

test('a closed gate passes nothing', () => {
  const output = vi.fn();
  const gate = new Gate(output, () => undefined);
  gate.close();
  gate.pass(text(1));
  expect(output).not.toHaveBeenCalled();
});
