/** The names that a program keeps; the browser tests have the names that it loses. */
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { GLOBALS } from './walls';

test('a program keeps every feature of the language', () => {
  const language = runInNewContext('Reflect.ownKeys(globalThis)') as string[];
  expect(language.filter(name => !GLOBALS.has(name))).toEqual([]);
  expect(language).toContain('Iterator');
});

test('a program has no global object without walls', () => {
  expect(GLOBALS.has('ShadowRealm')).toBe(false);
});
