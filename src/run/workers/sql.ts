/** The worker that runs SQL: SQLite, on a database in memory that is empty unless state is kept. */
import initSqlJs, { type Database, type Statement } from 'sql.js/dist/sql-wasm-browser.js';
import type { Location } from '../../protocol/wire';
import type { WorkerStart } from '../messages';
import { boot, type Ended, type Program } from './boot';
import type { Output } from './output';
import { findError } from './sql-error';
import { noteFor } from './sql-hints';
import { Table } from './sql-table';
import { tokensOf } from './sql-tokens';

/**
 * Bytes of SQLite's heap, beyond which it reports "out of memory", and of the database, in pages of
 * SQLite's default size.
 */
const HEAP = 512 * 1024 * 1024;
const PAGES = HEAP / 4096;
/** The first word of a statement that changes rows, if it has no result. */
const CHANGES = /^(?:insert|update|delete|replace|with)$/i;
/** Of an error: the length of its message, and of the line on each side of its place. */
const MESSAGE = 500;
const SIDE = 100;

boot(async start => {
  const { Database } = await startSqlite(start);
  const digits = digitsOf(new Database());
  let kept: Database | null = null;
  const run = (program: Program): Ended => {
    const database = program.keepState && kept !== null ? kept : new Database();
    database.run(
      `PRAGMA hard_heap_limit=${HEAP}; PRAGMA max_page_count=${PAGES}; PRAGMA temp_store=MEMORY`
    );
    kept = database;
    return execute(database, program, digits);
  };
  return { execute: program => Promise.resolve(run(program)) };
});

function startSqlite({ module }: WorkerStart): ReturnType<typeof initSqlJs> {
  if (module === null) {
    return Promise.reject(new Error('The SQL runtime is incomplete'));
  }
  return initSqlJs({
    // Functions of sql.js would replace SQLite's: its log(10) is no logarithm to the base 10.
    useOldExtensionFunctions: false,
    instantiateWasm(imports, done) {
      void WebAssembly.instantiate(module, imports).then(instance => done(instance, module));
      return {};
    }
  });
}

type Digits = (value: number) => string;

/** How SQLite writes a real number; in a database of its own, which no program can change. */
function digitsOf(database: Database): Digits {
  const written = database.prepare('SELECT CAST(CAST(?1 AS REAL) AS TEXT)');
  return value => {
    const digits = written.get([value])[0];
    written.reset();
    return String(digits);
  };
}

function execute(database: Database, program: Program, digits: Digits): Ended {
  const { main, output } = program;
  // SQLite would end the code at this character, and say nothing about the rest.
  const code = program.code.replaceAll('\0', '\ufffd');
  const statements = database.iterateStatements(code);
  let at = 0;
  try {
    for (;;) {
      const { done, value: statement } = statements.next();
      if (done) {
        return { error: null };
      }
      // SQLite takes the text of a statement from the end of the one before it.
      const text = statement.getSQL();
      show(database, statement, text, output, digits);
      statement.free();
      at += text.length;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return failed(database, message, main, code, at);
  }
}

/** Run a statement, and show its result; of one that fails, the rows before its error. */
function show(
  database: Database,
  statement: Statement,
  text: string,
  output: Output,
  digits: Digits
): void {
  const columns = statement.getColumnNames();
  const table = new Table(columns, digits);
  const read = (): ReturnType<Statement['get']> => statement.get(null, { useBigInt: true });
  let rows = 0;
  let failure: Error | null = null;
  try {
    for (; statement.step(); rows += 1) {
      table.add(read);
    }
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  if (columns.length > 0) {
    if (failure === null || rows > 0) {
      output.show('application/vnd.arena.table+json', table.toJson());
    }
  } else if (failure === null) {
    const words = wordsOf(text);
    if (CHANGES.test(words[0] ?? '')) {
      const changed = database.getRowsModified();
      output.write('stdout', `${changed} ${changed === 1 ? 'row' : 'rows'} changed\n`);
    }
    const note = noteFor(words);
    if (note !== null) {
      output.write('stderr', note);
    }
  }
  if (failure !== null) {
    throw failure;
  }
}

/** The tokens of a statement that creates something, or the first of any other. */
function wordsOf(statement: string): string[] {
  const words: string[] = [];
  for (const { text } of tokensOf(statement, 0)) {
    if (text !== ';') {
      words.push(text);
      if (words[0]?.toUpperCase() !== 'CREATE') {
        break;
      }
    }
  }
  return words;
}

/** An error in the statement that begins after `at`. */
function failed(
  database: Database,
  message: string,
  main: string,
  code: string,
  at: number
): Ended {
  const explain = (sql: string): string | null => errorOf(database, sql);
  const found = findError(message, code, at, explain);
  const location = placeOf(code, found.token?.start ?? found.start);
  const line = code.split('\n')[location.line - 1] ?? '';
  const shown = excerpt(line, location.column, found.token !== null);
  // SQLite repeats a token, which may be as long as the code.
  const text = message.length > MESSAGE ? `${message.slice(0, MESSAGE)}…` : found.message;
  return { error: `${main}:${location.line}\n${shown}\nError: ${text}`, location };
}

/** The error of compiling the beginning of a statement, which is not run. */
function errorOf(database: Database, sql: string): string | null {
  const statements = database.iterateStatements(sql);
  try {
    statements.next();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    statements.return();
  }
}

/** The part of a line around a column, with a mark below it where that is wanted. */
function excerpt(line: string, column: number, marked: boolean): string {
  const from = Math.max(0, column - SIDE);
  const start = from === 0 ? '' : '…';
  const end = column + SIDE < line.length ? '…' : '';
  const shown = `${start}${line.slice(from, column + SIDE)}${end}`;
  const before = start + line.slice(from, column);
  return marked ? `${shown}\n${before.replace(/[^\t]/g, ' ')}^` : shown;
}

function placeOf(code: string, offset: number): Location {
  const lines = code.slice(0, offset).split('\n');
  return { line: lines.length, column: lines.at(-1)?.length ?? 0 };
}
