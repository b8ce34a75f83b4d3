/** The worker that runs SQL: SQLite, on a database in memory that is empty unless state is kept. */
import initSqlJs, { type Database, type Statement } from 'sql.js/dist/sql-wasm-browser.js';
import { LIMITS, type Location } from '../../protocol/wire';
import { ERROR_LIMIT, type WorkerStart } from '../messages';
import { boot, type Ended, type Program } from './boot';
import type { Output } from './output';

/** The bounds of one table on the screen: rows, and UTF-16 units of JSON. */
const ROWS = 500;
const SIZE = LIMITS.chunk / 2;
/** Characters of one value; longer values are cut. */
const VALUE = 1000;
/**
 * Bytes of SQLite's heap, beyond which it reports "out of memory", and of the database, in pages of
 * SQLite's default size.
 */
const HEAP = 512 * 1024 * 1024;
const PAGES = HEAP / 4096;

/** Text that may precede a statement: space and comments. */
const NOTHING = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/;
const CHANGES = /^(insert|update|delete|replace)\b/i;

boot(async start => {
  const { Database } = await startSqlite(start);
  let kept: Database | null = null;
  const run = (program: Program): Ended => {
    const database = program.keepState && kept !== null ? kept : new Database();
    database.run(
      `PRAGMA hard_heap_limit=${HEAP}; PRAGMA max_page_count=${PAGES}; PRAGMA temp_store=MEMORY`
    );
    kept = database;
    return execute(database, program);
  };
  return { execute: program => Promise.resolve(run(program)) };
});

function startSqlite({ module }: WorkerStart): ReturnType<typeof initSqlJs> {
  if (module === null) {
    return Promise.reject(new Error('The SQL runtime is incomplete'));
  }
  return initSqlJs({
    instantiateWasm(imports, done) {
      void WebAssembly.instantiate(module, imports).then(instance => done(instance, module));
      return {};
    }
  });
}

function execute(database: Database, { main, code, output }: Program): Ended {
  const statements = database.iterateStatements(code);
  let at = 0;
  try {
    for (;;) {
      const { done, value: statement } = statements.next();
      if (done) {
        return { error: null };
      }
      const text = statement.getSQL();
      show(database, statement, output);
      statement.free();
      at = code.indexOf(text, at) + text.length;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return failed(message, main, code, at);
  }
}

/** Run a statement, and show its result. */
function show(database: Database, statement: Statement, output: Output): void {
  const rows: (string | number | null)[][] = [];
  let size = 0;
  let total = 0;
  while (statement.step()) {
    total += 1;
    if (rows.length < ROWS && size < SIZE) {
      const row = statement.get().map(readable);
      size += JSON.stringify(row).length;
      rows.push(row);
    }
  }
  const columns = statement.getColumnNames();
  if (columns.length > 0) {
    if (size > LIMITS.chunk) {
      rows.pop();
    }
    output.show('application/vnd.arena.table+json', JSON.stringify({ columns, rows, total }));
  } else if (CHANGES.test(statement.getSQL().replace(NOTHING, ''))) {
    const changed = database.getRowsModified();
    output.write('stdout', `${changed} ${changed === 1 ? 'row' : 'rows'} changed\n`);
  }
}

/** A value as the screen shows it; numbers and NULL are unchanged. */
function readable(value: number | string | Uint8Array | null): string | number | null {
  if (value instanceof Uint8Array) {
    const bytes = [...value.slice(0, VALUE)];
    return `x'${bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')}'`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return String(value);
  }
  return typeof value === 'string' && value.length > VALUE ? `${value.slice(0, VALUE)}…` : value;
}

/** An error in the statement that begins after `at`; SQLite names the word, but not its place. */
function failed(message: string, main: string, code: string, at: number): Ended {
  const start = at + (NOTHING.exec(code.slice(at))?.[0].length ?? 0);
  const word = /^near "([^]*)": /.exec(message)?.[1] ?? /: (\S+)$/.exec(message)?.[1];
  const found = word === undefined ? -1 : code.indexOf(word, start);
  const location = placeOf(code, found === -1 ? start : found);
  const text = code.split('\n')[location.line - 1] ?? '';
  const shown = found === -1 ? text : `${text}\n${' '.repeat(location.column)}^`;
  const error = `${main}:${location.line}\n${shown}\nError: ${message}`;
  return { error: error.slice(0, ERROR_LIMIT), location };
}

function placeOf(code: string, offset: number): Location {
  const lines = code.slice(0, offset).split('\n');
  return { line: lines.length, column: lines.at(-1)?.length ?? 0 };
}
