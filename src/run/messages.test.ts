/** What the page makes of messages from a worker that a program may have taken over. */
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../core/protocol';
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
    { stream: 'stdin', data: 'x' },
    { stream: 'stdout', data: 5 },
    { mime: 'application/javascript', data: 'x' },
    { stream: 'stdout', data: 'x'.repeat(LIMITS.chunk + 1) }
  ])('chunk %# is dropped', chunk => {
    expect(readWorkerMessage({ type: 'output', chunks: [chunk] })).toEqual({
      type: 'output',
      chunks: []
    });
  });

  test('half a character has no place in a log', () => {
    const chunks = [{ stream: 'stdout', data: 'a\ud800b\udc00😀' }];
    expect(readWorkerMessage({ type: 'output', chunks })).toEqual({
      type: 'output',
      chunks: [{ stream: 'stdout', data: 'a\ufffdb\ufffd😀' }]
    });
  });

  test('an error is text of bounded length, or null', () => {
    const error = (value: unknown) => readWorkerMessage({ type: 'done', error: value });
    expect(error(null)).toEqual({ type: 'done', error: null });
    expect(error({})).toEqual({ type: 'done', error: 'Unknown error' });
    expect(error('x'.repeat(ERROR_LIMIT + 1))).toEqual({
      type: 'done',
      error: 'x'.repeat(ERROR_LIMIT)
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
