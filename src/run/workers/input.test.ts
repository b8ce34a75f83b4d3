/** The input of a program, and the order of its questions. */
import { expect, test, vi } from 'vitest';
import { Input } from './input';
import { Output } from './output';

test('questions wait for each other, and get their own answers', async () => {
  const answers: ((line: string) => void)[] = [];
  const ask = vi.fn((_: string) => new Promise<string>(resolve => answers.push(resolve)));
  const input = new Input(null, new Output(() => undefined), ask);
  const both = Promise.all([input.read('a'), input.read('b')]);
  await vi.waitFor(() => expect(ask.mock.calls).toEqual([['a']]));
  answers[0]?.('one');
  await vi.waitFor(() => expect(ask.mock.calls).toEqual([['a'], ['b']]));
  answers[1]?.('two');
  expect(await both).toEqual(['one', 'two']);
});

test('it resolves when all are answered', async () => {
  const input = new Input(null, new Output(() => undefined), () => Promise.resolve('x'));
  expect(await input.answered()).toBe(false);
  let read = 0;
  const later = async (): Promise<void> => {
    await input.read('');
    read += 1;
  };
  void later();
  void later();
  expect(await input.answered()).toBe(true);
  expect(read).toBe(2);
});
