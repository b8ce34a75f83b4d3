/** The languages as people know them: their names, and the extensions of their files. */
import type { Language } from './wire';

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  javascript: 'JavaScript',
  python: 'Python',
  typescript: 'TypeScript',
  sql: 'SQL'
};

/** The extensions of a language's files; a new file gets the first. */
export const EXTENSIONS: Readonly<Record<Language, readonly [string, ...string[]]>> = {
  javascript: ['js', 'mjs', 'cjs', 'jsx'],
  python: ['py', 'pyi'],
  typescript: ['ts', 'mts'],
  sql: ['sql']
};
