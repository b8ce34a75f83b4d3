/** What counts as a program's own time. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PATIENCE, RunClock } from './run-clock';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<never>(() => undefined);

test('it stands still while something is waited for', async () => {
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

test('it runs on only when nothing is waited for any more', async () => {
  const onLimit = vi.fn();
  const clock = new RunClock(1000, onLimit, vi.fn());
  void clock.during(never);
  await clock.during(Promise.resolve());
  vi.advanceTimersByTime(PATIENCE - 1);
  expect(onLimit).not.toHaveBeenCalled();
});

test('it loses its patience after so much waiting in all', async () => {
  const onPatience = vi.fn();
  const clock = new RunClock(1000, vi.fn(), onPatience);
  const waited = clock.during(new Promise(resolve => setTimeout(resolve, PATIENCE - 10)));
  await vi.advanceTimersByTimeAsync(PATIENCE - 10);
  await waited;
  vi.advanceTimersByTime(500);
  void clock.during(never);
  vi.advanceTimersByTime(9);
  expect(onPatience).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onPatience).toHaveBeenCalledOnce();
});

test('stopped, it stays so whatever ends after that', async () => {
  const [onLimit, onPatience] = [vi.fn(), vi.fn()];
  const clock = new RunClock(1000, onLimit, onPatience);
  const waited = clock.during(new Promise(resolve => setTimeout(resolve, 10)));
  clock.stop();
  await vi.advanceTimersByTimeAsync(PATIENCE + 1000);
  await waited;
  expect([onLimit.mock.calls, onPatience.mock.calls]).toEqual([[], []]);
});
