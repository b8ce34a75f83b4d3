import initSqlJs from 'sql.js';
import { beforeAll, describe, expect, it } from 'vitest';

import { findError } from './sql-error';
import { noteFor } from './sql-hints';
import { tokensOf } from './sql-tokens';

let sql: Awaited<ReturnType<typeof initSqlJs>>;

beforeAll(async () => {
  sql = await initSqlJs();
});

/** The error of the last statement of `code`: its message, and its offset. */
function errorOf(code: string): { message: string; place: number } {
  const database = new sql.Database();
  database.run('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)');
  const explain = (text: string): string | null => {
    try {
      database.prepare(text).free();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const at = code.lastIndexOf('; ') + 1;
  let message = explain(code.slice(at));
  try {
    database.run(code.slice(at));
  } catch (error) {
    message ??= (error as Error).message;
  }
  const found = findError(message ?? 'no error', code, at, explain);
  database.close();
  return { message: found.message, place: found.token?.start ?? found.start };
}

describe('the place of an error, here after ‹', () => {
  it.each([
    // A token that SQLite rejects, and the same token, or its letters, before it.
    'SELECT t FROM t form ‹t',
    'SELECT 1; SELECT name, name FROM t WHERE name ‹name',
    "SELECT 'form' AS form, form form ‹form form FROM t",
    '/* form */ SELECT * -- form\n‹FORM t',
    "SELECT 'it''s', ‹'open FROM t",
    'SELECT id, ‹FROM t',
    'SELECT (id)‹) FROM t',
    'SELECT name FROM t WHERE id ‹# 1',
    'SELECT * FROM t WHERE (id = 1‹',
    'SELECT * FROM t WHERE (id = 1‹ -- really',
    // An unknown name, and its letters or its text where they are something else.
    'SELECT ‹selectx FROM t',
    "SELECT 'x' AS x1, ‹x FROM t",
    'SELECT id AS nam, t.id FROM t ORDER BY ‹na',
    'SELECT id AS nope, ‹nope FROM t',
    'SELECT ‹t.nope FROM t',
    'SELECT * FROM t; SELECT * FROM ‹"your t"',
    'SELECT * FROM main.t, ‹main.u',
    "SELECT count(*), name AS f, ‹nope('nope') FROM t",
    'SELECT substr FROM (SELECT id AS substr FROM t) WHERE ‹substr(1)',
    'INSERT INTO t (id, ‹nom) VALUES (1, 2)',
    'CREATE TABLE ‹t (a)',
    'CREATE TABLE u (a, b, ‹a)',
    'SELECT ‹id FROM t, t AS u',
    'SELECT name FROM t WHERE ‹count(*) > 1',
    // No name of it: the statement.
    'SELECT 1; ‹INSERT INTO t VALUES (1, 2), (1, 3)',
    '-- t\n; ‹SELECT 1 UNION SELECT 1, 2'
  ])('%s', marked => {
    expect(errorOf(marked.replace('‹', '')).place).toBe(marked.indexOf('‹'));
  });

  it('is found in long statements', () => {
    const marked = `SELECT ${'('.repeat(90)}${'name, '.repeat(1000)} name ‹name FROM t`;
    expect(errorOf(marked.replace('‹', '')).place).toBe(marked.indexOf('‹'));
  });
});

describe('a hint', () => {
  it.each([
    ['SELECT NOW()', "no such function: NOW. In SQLite, write datetime('now'), which is in UTC."],
    ['SELECT getdate()', "datetime('now')"],
    ['SELECT * FROM t ORDER BY RAND()', 'random()'],
    ["SELECT * FROM t WHERE name ILIKE 'a%'", 'LIKE, which ignores'],
    ["SELECT '1'::int", 'CAST(value AS type)'],
    ['CREATE TABLE u (id INT PRIMARY KEY AUTO_INCREMENT)', 'INTEGER PRIMARY KEY'],
    ['SHOW TABLES', 'sqlite_schema'],
    ['show columns from t', 'table_info'],
    ['DESCRIBE t', 'table_info'],
    ['DESC t', 'table_info'],
    ['.tables', 'sqlite_schema'],
    ['.mode box', 'program sqlite3'],
    ['\\d t', 'table_info'],
    ['SELECT TOP 10 * FROM t', 'LIMIT'],
    ['SELECT TOP(1) name FROM t', 'LIMIT'],
    ['SELECT * FROM t FETCH FIRST 5 ROWS ONLY', 'LIMIT'],
    ['SELECT * FROM t OFFSET 5', 'LIMIT count OFFSET'],
    ['TRUNCATE TABLE t', 'DELETE FROM'],
    ["SELECT date('2024-01-31') - INTERVAL '1 day'", "'+1 day'"],
    ["SELECT DATE '2024-01-31'", 'text alone'],
    ["INSERT INTO t VALUES (1, 'a') ON DUPLICATE KEY UPDATE name = 'b'", 'ON CONFLICT'],
    ["INSERT IGNORE INTO t VALUES (1, 'a')", 'INSERT OR IGNORE'],
    ["CREATE TABLE u (a ENUM('x', 'y'))", 'CHECK'],
    ['CREATE TABLE u (a NVARCHAR(MAX))', 'TEXT'],
    ['ALTER TABLE t MODIFY name INT', 'new table'],
    ['ALTER TABLE t ALTER COLUMN name TYPE INT', 'new table'],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', 'IF EXISTS'],
    ['CREATE FUNCTION f() RETURNS INT', 'no procedures'],
    ['CREATE DATABASE shop', 'there is one'],
    ['USE shop', 'there is one'],
    ['START TRANSACTION', 'BEGIN'],
    ['DECLARE @a INT', 'no variables'],
    ['SELECT DISTINCT ON (name) * FROM t', 'row_number()'],
    ['SELECT * INTO u FROM t', 'CREATE TABLE name AS'],
    ['SELECT * FROM t FOR UPDATE', 'FOR UPDATE'],
    ['DROP TABLE t CASCADE', 'without CASCADE'],
    ['EXPLAIN ANALYZE SELECT 1', 'EXPLAIN QUERY PLAN'],
    ['MERGE INTO t USING t AS u ON 1', 'ON CONFLICT'],
    ['SELECT 7 DIV 2', '/ between integers'],
    ['SELECT 1 # one', '-- before'],
    ['SELECT “name” FROM t', 'straight quotation marks'],
    ['SELECT\u00a01', 'no-break space'],
    ['SELECT * FROM information_schema.tables', 'sqlite_schema'],
    ['SELECT 1 FROM dual', 'without FROM'],
    ['SELECT * FROM generate_series(1, 5)', 'WITH RECURSIVE'],
    ['SELECT EXTRACT(YEAR FROM name) FROM t', 'strftime'],
    ['SELECT name FROM t GROUP BY ROLLUP(name)', 'UNION ALL'],
    ['SELECT LEFT(name, 2) FROM t', 'substr'],
    ['SELECT CONVERT(INT, name) FROM t', 'CAST']
  ])('is given for %s', (code, hint) => {
    expect(errorOf(code).message).toContain(hint);
  });

  it.each([
    'SELECT * FORM t',
    'SELECT nope FROM t',
    'SELECT f(1)',
    'SELECT 1 +',
    'SELECT toString()'
  ])('is not given for %s', code => {
    expect(errorOf(code).message).not.toContain('In SQLite');
  });

  it.each([
    ['CREATE TABLE u (id SERIAL PRIMARY KEY)', true],
    ['create table if not exists u (id bigserial)', true],
    ['CREATE TABLE u (id INT IDENTITY(1,1))', true],
    ['CREATE TABLE u (id INT AUTO_INCREMENT PRIMARY KEY)', true],
    ['CREATE TABLE u (serial TEXT, "identity" INT)', false],
    ["SELECT 'a SERIAL'", false]
  ])('is a note for a type that does not count: %s', (code, given) => {
    const note = noteFor([...tokensOf(code, 0)].map(({ text }) => text));
    expect(note !== null).toBe(given);
  });
});
