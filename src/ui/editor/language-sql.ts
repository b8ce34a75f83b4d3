/** The parser of SQL, without the completions of its package, which nobody sees. */
export { SQLite } from '@codemirror/lang-sql';
