/** The page's own limits on a run's output, for workers that exceed the limits. */
import { expect, test, vi } from 'vitest';
import { LIMITS, type Chunk } from '../protocol/wire';
import { OutputLimiter } from './output-limiter';
import { DISPLAY_LIMIT, QUESTION_LIMIT } from './messages';

const text = (length: number): Chunk => ({ stream: 'stdout', data: 'x'.repeat(length) });

test('output within the limit passes, and an overrun ends everything', () => {
  const output = vi.fn();
  const onOverrun = vi.fn();
  const limiter = new OutputLimiter(output, onOverrun);
  const pieces = Math.ceil(LIMITS.output / LIMITS.chunk);
  for (let n = 0; n < pieces; n++) {
    limiter.pass(text(LIMITS.chunk));
  }
  expect(output).toHaveBeenCalledTimes(pieces);
  expect(onOverrun).not.toHaveBeenCalled();
  limiter.pass(text(LIMITS.chunk));
  limiter.pass(text(1));
  expect(output).toHaveBeenCalledTimes(pieces);
  expect(onOverrun).toHaveBeenCalledWith('output');
});

test('values are counted, too', () => {
  const onOverrun = vi.fn();
  const limiter = new OutputLimiter(() => undefined, onOverrun);
  for (let n = 0; n < DISPLAY_LIMIT; n++) {
    limiter.pass({ mime: 'text/plain', data: '' });
  }
  expect(onOverrun).not.toHaveBeenCalled();
  limiter.pass({ mime: 'text/plain', data: '' });
  expect(onOverrun).toHaveBeenCalled();
});

test('very many short chunks are too much', () => {
  const output = vi.fn();
  const onOverrun = vi.fn();
  const limiter = new OutputLimiter(output, onOverrun);
  for (let n = 0; n < 10_000; n++) {
    limiter.pass({ stream: n % 2 === 0 ? 'stdout' : 'stderr', data: 'x' });
  }
  expect(onOverrun).toHaveBeenCalledWith('output');
  const most = (LIMITS.output + LIMITS.chunk) / LIMITS.chunkCost;
  expect(output.mock.calls.length).toBeLessThan(most);
});

test('a closed limiter passes nothing', () => {
  const output = vi.fn();
  const limiter = new OutputLimiter(output, () => undefined);
  limiter.close();
  limiter.pass(text(1));
  expect(output).not.toHaveBeenCalled();
});

test('a question gets its answer, and a second one at the same time ends everything', async () => {
  const onOverrun = vi.fn();
  const limiter = new OutputLimiter(() => undefined, onOverrun);
  expect(await limiter.question('Who?', () => Promise.resolve('Ada'))).toBe('Ada');
  const ask = vi.fn(() => new Promise<string>(() => undefined));
  void limiter.question('First?', ask);
  expect(onOverrun).not.toHaveBeenCalled();
  void limiter.question('Second?', ask);
  expect(onOverrun).toHaveBeenCalledWith('questions');
  expect(ask).toHaveBeenCalledTimes(1);
});

test('questions are counted', async () => {
  const onOverrun = vi.fn();
  const limiter = new OutputLimiter(() => undefined, onOverrun);
  const ask = vi.fn(() => Promise.resolve(''));
  for (let n = 0; n < QUESTION_LIMIT; n++) {
    await limiter.question('', ask);
  }
  expect(onOverrun).not.toHaveBeenCalled();
  void limiter.question('', ask);
  expect(onOverrun).toHaveBeenCalledWith('questions');
  expect(ask).toHaveBeenCalledTimes(QUESTION_LIMIT);
});

test('questions and answers count as output', async () => {
  const onOverrun = vi.fn();
  const limiter = new OutputLimiter(() => undefined, onOverrun);
  const long = 'x'.repeat(LIMITS.input);
  const ask = vi.fn(() => Promise.resolve(long));
  const most = LIMITS.output / LIMITS.input / 2;
  for (let n = 0; n < most; n++) {
    await limiter.question(long, ask);
  }
  expect(onOverrun).not.toHaveBeenCalled();
  await limiter.question(long, ask);
  void limiter.question(long, ask);
  expect(onOverrun).toHaveBeenCalledWith('output');
  expect(ask).toHaveBeenCalledTimes(most + 1);
});
