import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Throttle } from './throttle';

describe('a throttle', () => {
  /** The waiting requests, and the batches that were sent. */
  let waiting: string[] = [];
  let sent: string[] = [];
  const throttle = new Throttle(50, () => {
    if (waiting.length === 0) return false;
    sent.push(waiting.join(''));
    waiting = [];
    return true;
  });
  const request = (item: string): void => {
    waiting.push(item);
    throttle.request();
  };

  beforeEach(() => {
    vi.useFakeTimers();
    throttle.stop();
    waiting = [];
    sent = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('acts on the first request at once', () => {
    request('a');
    expect(sent).toEqual(['a']);
  });

  it('acts once for all requests of an interval, at its end', () => {
    request('a');
    request('b');
    vi.advanceTimersByTime(49);
    request('c');
    expect(sent).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(['a', 'bc']);
  });

  it('keeps to the interval as long as there is something to do', () => {
    for (const item of 'abc') {
      request(item);
      vi.advanceTimersByTime(30);
    }
    expect(sent).toEqual(['a', 'b']);
    vi.advanceTimersByTime(10);
    expect(sent).toEqual(['a', 'b', 'c']);
  });

  it('acts at once again after an interval without requests', () => {
    request('a');
    vi.advanceTimersByTime(50);
    request('b');
    expect(sent).toEqual(['a', 'b']);
  });

  it('leaves no timer where there was nothing to do', () => {
    throttle.request();
    expect(vi.getTimerCount()).toBe(0);
    request('a');
    expect(sent).toEqual(['a']);
  });

  it('does not act after a stop', () => {
    request('a');
    request('b');
    throttle.stop();
    vi.advanceTimersByTime(100);
    expect(sent).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a request from within its action for the next interval', () => {
    let left = 3;
    const again: Throttle = new Throttle(50, () => {
      if (left === 0) return false;
      left--;
      again.request();
      return true;
    });
    again.request();
    expect(left).toBe(2);
    vi.advanceTimersByTime(50);
    expect(left).toBe(1);
    again.stop();
  });
});
