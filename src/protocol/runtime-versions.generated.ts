/** The versions of the runtimes that are shipped. `make contract` writes them. */

/** The names of languages for people, with the versions of what runs them. */
export const VERSIONED_NAMES = {
  javascript: 'JavaScript (your browser)',
  python: 'Python 3.14 (Pyodide 314.0)',
  typescript: 'TypeScript 5.9',
  sql: 'SQL (SQLite 3.54)'
} as const;
