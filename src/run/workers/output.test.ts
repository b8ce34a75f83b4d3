/** How output leaves a worker: at once, in batches during a flood, and up to its limit. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LIMITS, type Chunk } from '../../protocol/wire';
import { appendChunks, costOf } from '../../session/run-output';
import { Output } from './output';

let sent: Chunk[][];
let output: Output;

function open(limit?: number): void {
  sent = [];
  output = new Output(chunks => sent.push(chunks), limit);
}

function text(): string {
  return sent
    .flat()
    .map(chunk => chunk.data)
    .join('');
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  open();
});
afterEach(() => vi.useRealTimers());

test('a little output is sent at once', () => {
  output.write('stdout', 'a');
  output.write('stderr', 'b');
  expect(sent).toEqual([[{ stream: 'stdout', data: 'a' }], [{ stream: 'stderr', data: 'b' }]]);
});

test('a flood is batched in order, and the rest is sent after 50 ms', () => {
  for (let n = 0; n < 5000; n++) {
    output.write('stdout', `${n}\n`);
  }
  expect(sent.length).toBeLessThan(1100);
  const before = sent.length;
  vi.advanceTimersByTime(50);
  expect(sent.length).toBe(before + 1);
  expect(text()).toBe(Array.from({ length: 5000 }, (_, n) => `${n}\n`).join(''));
});

test('a program that never yields needs no timer: the clock sends its batches', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  open();
  for (let n = 0; n < 1001; n++) {
    output.write('stdout', 'x');
  }
  expect(text()).toHaveLength(1000);
  now = 50;
  output.write('stdout', 'y');
  expect(text()).toBe(`${'x'.repeat(1001)}y`);
});

test('output is cut at the limit, with one note', () => {
  open(1000 + LIMITS.chunkCost);
  output.write('stdout', 'x'.repeat(600));
  output.write('stdout', 'y'.repeat(600));
  output.write('stderr', 'z');
  output.flush();
  expect(text()).toBe(`${'x'.repeat(600)}${'y'.repeat(400)}\n… output cut after 1000 characters\n`);
  expect(costOf(sent.flat())).toBeLessThanOrEqual(1000 + LIMITS.chunkCost);
});

test('ten thousand short lines are printed', () => {
  for (let n = 0; n < 10_000; n++) {
    output.write('stdout', '.\n');
  }
  output.flush();
  expect(text()).toBe('.\n'.repeat(10_000));
});

test('very many short lines on alternating streams are cut, with one note', () => {
  for (let n = 0; n < 20_000; n++) {
    output.write(n % 2 === 0 ? 'stdout' : 'stderr', '.\n');
  }
  output.show('text/html', '<p>');
  output.flush();
  const lines = LIMITS.output / LIMITS.chunkCost - 1;
  expect(text()).toBe(`${'.\n'.repeat(lines)}\n… output cut after ${2 * lines} characters\n`);
  expect(costOf(appendChunks([], sent.flat()))).toBeLessThanOrEqual(LIMITS.output);
});

test('an empty value is not sent', () => {
  expect(output.show('text/html', '')).toBe(true);
  expect(sent).toEqual([]);
});

test('no chunk is too long, and none splits a character', () => {
  output.write('stdout', '😀'.repeat(50_000));
  output.flush();
  expect(text()).toBe('😀'.repeat(50_000));
  for (const { data } of sent.flat()) {
    expect(data.length).toBeLessThanOrEqual(LIMITS.chunk);
    expect(data).not.toMatch(/\p{Surrogate}/u);
  }
});

test('a value that is too large is refused', () => {
  expect(output.show('text/html', 'x'.repeat(LIMITS.value + 1))).toBe(false);
  expect(output.show('text/html', 'x')).toBe(true);
  expect(sent).toEqual([[{ mime: 'text/html', data: 'x' }]]);
});
