/** The page's reading of messages from a worker that a program may control. */
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../protocol/wire';
import { ERROR_LIMIT, readFrameMessage, readWorkerMessage } from './messages';

describe('messages of a worker', () => {
  test.each([null, undefined, 5, 'done', [], {}, { type: 'run' }, { type: 'output', chunks: 'x' }])(
    '%j is none',
    data => {
      expect(readWorkerMessage(data)).toBeNull();
    }
  );

  test('chunks keep their own fields and nothing else', () => {
    const chunks = [
      { stream: 'stdout', data: 'a', mime: 'text/html', more: 1 },
      { mime: 'text/html', data: '<b>' }
    ];
    expect(readWorkerMessage({ type: 'output', chunks, more: 1 })).toEqual({
      type: 'output',
      chunks: [
        { stream: 'stdout', data: 'a' },
        { mime: 'text/html', data: '<b>' }
      ]
    });
  });

  test.each([
    null,
    'x',
    { stream: 'stdout' },
    { stream: 'stdlog', data: 'x' },
    { stream: 'stdout', data: 5 },
    { mime: 'application/javascript', data: 'x' },
    { stream: 'stdout', data: 'x'.repeat(LIMITS.chunk + 1) }
  ])('chunk %# is dropped', chunk => {
    expect(readWorkerMessage({ type: 'output', chunks: [chunk] })).toEqual({
      type: 'output',
      chunks: []
    });
  });

  test('lone surrogates are replaced', () => {
    const chunks = [{ stream: 'stdout', data: 'a\ud800b\udc00😀' }];
    expect(readWorkerMessage({ type: 'output', chunks })).toEqual({
      type: 'output',
      chunks: [{ stream: 'stdout', data: 'a\ufffdb\ufffd😀' }]
    });
  });

  test('an error is text of bounded length, or null', () => {
    const error = (value: unknown) => readWorkerMessage({ type: 'done', error: value });
    // A worker that does not report itself usable counts as spent.
    const done = { type: 'done', location: null, spent: true };
    expect(error(null)).toEqual({ ...done, error: null });
    expect(error({})).toEqual({ ...done, error: 'Unknown error' });
    const text = 'x'.repeat(ERROR_LIMIT);
    expect(error(`${text}x`)).toEqual({ ...done, error: text });
  });

  test.each([{}, { line: 0, column: 1 }, { line: 1 }, { line: 1.5, column: 0 }, 'x'])(
    'the place %j is none',
    location => {
      const done = { type: 'done', error: 'e', spent: false };
      expect(readWorkerMessage({ ...done, location })).toEqual({ ...done, location: null });
    }
  );

  test('a question is text of bounded length', () => {
    const prompt = 'x'.repeat(LIMITS.input);
    expect(readWorkerMessage({ type: 'ask', prompt: `${prompt}x` })).toEqual({
      type: 'ask',
      prompt
    });
    expect(readWorkerMessage({ type: 'ask', prompt: 1 })).toBeNull();
  });

  test('a worker without `spent: false` counts as spent', () => {
    for (const spent of [true, undefined, 'no']) {
      expect(readWorkerMessage({ type: 'packages-installed', spent })).toEqual({
        type: 'packages-installed',
        spent: true
      });
    }
    expect(readWorkerMessage({ type: 'packages-installed', spent: false })).toEqual({
      type: 'packages-installed',
      spent: false
    });
  });

  test('needed modules are names', () => {
    const modules = ['numpy', 1, 'x'.repeat(101)];
    expect(readWorkerMessage({ type: 'need', modules })).toEqual({
      type: 'need',
      modules: ['numpy']
    });
  });
});

describe('messages of a frame', () => {
  test('are read by type', () => {
    expect(readFrameMessage({ type: 'pong', more: 1 })).toEqual({ type: 'pong' });
    expect(readFrameMessage({ type: 'crashed', id: 1, message: 'm' })).toEqual({
      type: 'crashed',
      id: 1,
      message: 'm'
    });
    expect(readFrameMessage({ type: 'crashed', id: '1' })).toBeNull();
    expect(readFrameMessage({ type: 'ready' })).toBeNull();
    expect(readFrameMessage('hello')).toBeNull();
  });
});
