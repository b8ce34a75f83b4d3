import { expect, it } from 'vitest';
import { EventIds } from './event-ids';

it('ids are kept per author; beyond a limit, the author with the most ids loses the oldest', () => {
  const ids = new EventIds();
  ids.add('ann', 'first');
  expect([ids.has('ann', 'first'), ids.has('bob', 'first')]).toEqual([true, false]);
  for (let id = 0; id < 10_000; id++) ids.add('bob', `${id}`);
  expect(ids.has('ann', 'first')).toBe(true);
  expect(['0', '1', '9999'].map(id => ids.has('bob', id))).toEqual([false, true, true]);
});
