/** The queue of the markup worker, and its deadline. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeMarkupWorker } from '../../tests/support/markup';
import { answer } from './answer';
import { LIMITS } from '../protocol/wire';
import { renderMarkdown } from './output';
import { Renderer } from './renderer';

const BOMB = 'bomb';
const WELL = renderMarkdown('well');

/** A renderer whose workers never answer `BOMB`. */
function rendering(): { renderer: Renderer; workers: FakeMarkupWorker[] } {
  const workers: FakeMarkupWorker[] = [];
  const renderer = new Renderer(() => {
    const worker = new FakeMarkupWorker(asked => (asked.text === BOMB ? null : answer(asked)));
    workers.push(worker);
    return worker;
  });
  return { renderer, workers };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a text that keeps the worker busy', () => {
  it('is refused at the deadline, and the next text gets a new worker', async () => {
    const { renderer, workers } = rendering();
    const bomb = expect(renderer.render('formula', BOMB)).resolves.toBeNull();
    const next = renderer.render('markdown', 'well');
    await vi.advanceTimersByTimeAsync(999);
    expect(workers.map(each => each.ended)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(1);
    await bomb;
    expect(workers.map(each => each.ended)).toEqual([true]);
    await vi.runAllTimersAsync();
    expect(await next).toEqual(WELL);
    expect(workers.map(each => each.ended)).toEqual([true, false]);
  });

  it('is not tried again in this page', async () => {
    const { renderer, workers } = rendering();
    for (let round = 0; round < 3; round += 1) {
      const bomb = expect(renderer.render('formula', BOMB)).resolves.toBeNull();
      await vi.runAllTimersAsync();
      await bomb;
    }
    expect(workers.flatMap(each => each.requests)).toHaveLength(1);
  });

  it('leaves two seconds between workers: an ended one may still compute', async () => {
    const { renderer, workers } = rendering();
    const bombs = [BOMB, BOMB].map((text, index) =>
      expect(renderer.render(index === 0 ? 'formula' : 'markdown', text)).resolves.toBeNull()
    );
    await vi.advanceTimersByTimeAsync(1000 + 1999);
    expect(workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(workers).toHaveLength(2);
    await vi.runAllTimersAsync();
    await Promise.all(bombs);
  });

  it('is refused when it crashes the worker', async () => {
    const { renderer, workers } = rendering();
    const bomb = expect(renderer.render('formula', BOMB)).resolves.toBeNull();
    await vi.advanceTimersByTimeAsync(0);
    const crashed = workers[0] as unknown as Worker;
    crashed.onerror?.call(crashed, new Event('error') as ErrorEvent);
    await bomb;
    expect(workers[0]?.ended).toBe(true);
    await vi.runAllTimersAsync();
    expect(await renderer.render('markdown', 'well')).toEqual(WELL);
  });
});

it('renders one text at a time, in one worker, the question first', async () => {
  const { renderer, workers } = rendering();
  const results = [
    renderer.render('markdown', 'a'),
    renderer.render('markdown', 'b'),
    renderer.render('question', 'c')
  ];
  expect(await Promise.all(results)).toEqual([
    renderMarkdown('a'),
    renderMarkdown('b'),
    [{ tag: 'p', inner: ['c'] }]
  ]);
  expect(workers.map(each => each.requests.map(({ text }) => text))).toEqual([['a', 'c', 'b']]);
});

it('does not send a text that is too long, and keeps the worker of a refused one', async () => {
  const { renderer, workers } = rendering();
  await expect(renderer.render('markdown', 'a'.repeat(LIMITS.question + 1))).resolves.toBeNull();
  expect(workers).toEqual([]);
  await expect(renderer.render('question', '`a` '.repeat(LIMITS.question / 4))).resolves.toBeNull();
  expect(await renderer.render('markdown', 'well')).toEqual(WELL);
  expect(workers.map(each => each.ended)).toEqual([false]);
});

describe('a worker that does not load', () => {
  it('costs the texts that wait, and is tried again for the next text', async () => {
    let isUp = false;
    const renderer = new Renderer(() => {
      if (!isUp) throw new Error('offline');
      return new FakeMarkupWorker();
    });
    const waiting = ['a', 'b'].map(text =>
      expect(renderer.render('markdown', text)).rejects.toThrow('offline')
    );
    await Promise.all(waiting);
    isUp = true;
    expect(await renderer.render('markdown', 'well')).toEqual(WELL);
  });

  it('has more time than a text', async () => {
    const worker = new FakeMarkupWorker();
    worker.ended = true; // It says nothing.
    const renderer = new Renderer(() => worker);
    let failed = false;
    const text = renderer.render('markdown', 'a').catch(() => (failed = true));
    await vi.advanceTimersByTimeAsync(19_000);
    expect(failed).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await text;
    expect(failed).toBe(true);
  });
});
