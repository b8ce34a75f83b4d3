/** The time that counts as a program's own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_WAIT, RunClock } from './run-clock';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);

test('it stops while something is waited for', async () => {
  const onLimit = vi.fn();
  const clock = new RunClock(1000, onLimit, vi.fn());
  vi.advanceTimersByTime(400);
  const waited = clock.during(new Promise(resolve => setTimeout(resolve, 5000)));
  await vi.advanceTimersByTimeAsync(5000);
  await waited;
  vi.advanceTimersByTime(599);
  expect(onLimit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onLimit).toHaveBeenCalledOnce();
  expect(clock.elapsed).toBe(1000);
});

test('it runs again when nothing is waited for any more', async () => {
  const onLimit = vi.fn();
  const clock = new RunClock(1000, onLimit, vi.fn());
  void clock.during(never);
  await clock.during(Promise.resolve());
  vi.advanceTimersByTime(MAX_WAIT - 1);
  expect(onLimit).not.toHaveBeenCalled();
});

test('it reports the longest wait in all', async () => {
  const onMaxWait = vi.fn();
  const clock = new RunClock(1000, vi.fn(), onMaxWait);
  const waited = clock.during(new Promise(resolve => setTimeout(resolve, MAX_WAIT - 10)));
  await vi.advanceTimersByTimeAsync(MAX_WAIT - 10);
  await waited;
  vi.advanceTimersByTime(500);
  void clock.during(never);
  vi.advanceTimersByTime(9);
  expect(onMaxWait).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onMaxWait).toHaveBeenCalledOnce();
});

test('it stays stopped when later waits end', async () => {
  const [onLimit, onMaxWait] = [vi.fn(), vi.fn()];
  const clock = new RunClock(1000, onLimit, onMaxWait);
  const waited = clock.during(new Promise(resolve => setTimeout(resolve, 10)));
  clock.stop();
  await vi.advanceTimersByTimeAsync(MAX_WAIT + 1000);
  await waited;
  expect([onLimit.mock.calls, onMaxWait.mock.calls]).toEqual([[], []]);
});
