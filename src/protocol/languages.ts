/** THE table of languages as people know them: what they are called, and what their files are. */
import type { Language } from './wire';

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  javascript: 'JavaScript',
  python: 'Python',
  typescript: 'TypeScript',
  sql: 'SQL'
};

/** What the names of a language's files end with; the first is what a new one gets. */
export const EXTENSIONS: Readonly<Record<Language, readonly [string, ...string[]]>> = {
  javascript: ['js', 'mjs', 'cjs', 'jsx'],
  python: ['py', 'pyi'],
  typescript: ['ts', 'mts'],
  sql: ['sql']
};
