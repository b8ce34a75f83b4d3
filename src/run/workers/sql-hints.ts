/** Hints for SQL of other databases: the words that SQLite has for what was meant. */
import type { Token } from './sql-tokens';

const NOW = "datetime('now'), which is in UTC";
const TODAY = "date('now')";
const PART = "strftime('%Y', …) for the year, '%m' for the month, '%d' for the day";
const FORMAT = "strftime('%Y-%m-%d', …)";
const ADD = "date(…, '+1 day')";
const BETWEEN = 'julianday(…) - julianday(…), in days';
const FIND = 'instr(text, part)';
const PAD = "printf('%05d', …) for numbers, or printf('%-10s', …) for text";
const ARRAY = 'json_group_array(…)';
const LIST_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'";
const COLUMNS = 'PRAGMA table_info(name)';
const COUNTS = 'id INTEGER PRIMARY KEY, which counts by itself';
const UPSERT = 'INSERT … ON CONFLICT (key) DO UPDATE SET …';

/** What to write instead of a function or a value that SQLite lacks. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  NOW,
  GETDATE: NOW,
  SYSDATE: NOW,
  SYSDATETIME: NOW,
  GETUTCDATE: NOW,
  CURDATE: TODAY,
  TODAY,
  CURTIME: "time('now')",
  YEAR: PART,
  MONTH: PART,
  DAY: PART,
  HOUR: "strftime('%H', …)",
  DATE_PART: PART,
  DATEPART: PART,
  EXTRACT: PART,
  DATE_FORMAT: FORMAT,
  TO_CHAR: FORMAT,
  DATE_TRUNC: "date(…, 'start of month')",
  DATE_ADD: ADD,
  DATE_SUB: "date(…, '-1 day')",
  DATEADD: ADD,
  ADD_MONTHS: "date(…, '+1 month')",
  DATEDIFF: BETWEEN,
  TIMESTAMPDIFF: BETWEEN,
  AGE: BETWEEN,
  TO_DATE: 'date(…)',
  STR_TO_DATE: 'date(…)',
  TO_TIMESTAMP: "datetime(…, 'unixepoch')",
  FROM_UNIXTIME: "datetime(…, 'unixepoch')",
  UNIX_TIMESTAMP: 'unixepoch(…)',
  LEN: 'length(…)',
  CHAR_LENGTH: 'length(…)',
  CHARINDEX: FIND,
  LOCATE: FIND,
  POSITION: FIND,
  STRPOS: FIND,
  LEFT: 'substr(text, 1, count)',
  RIGHT: 'substr(text, -count)',
  LPAD: PAD,
  RPAD: PAD,
  REPEAT: "replace(hex(zeroblob(count)), '00', text)",
  SPLIT_PART: 'instr(…) with substr(…)',
  ASCII: 'unicode(…)',
  CHR: 'char(…)',
  UCASE: 'upper(…)',
  LCASE: 'lower(…)',
  REGEXP: 'LIKE, or GLOB with * and ?',
  REGEXP_LIKE: 'LIKE, or GLOB with * and ?',
  NVL: 'coalesce(…)',
  ISNULL: 'ifnull(…), or x IS NULL',
  GREATEST: 'max(a, b)',
  LEAST: 'min(a, b)',
  CONVERT: 'CAST(value AS type)',
  TRY_CAST: 'CAST(value AS type)',
  TO_NUMBER: 'CAST(value AS REAL)',
  RAND: 'random(), a whole number',
  NEWID: 'hex(randomblob(16))',
  UUID: 'hex(randomblob(16))',
  GEN_RANDOM_UUID: 'hex(randomblob(16))',
  TRUNCATE: 'trunc(…) or round(…, digits)',
  ARRAY_AGG: ARRAY,
  JSON_AGG: ARRAY,
  JSON_ARRAYAGG: ARRAY,
  JSON_BUILD_OBJECT: 'json_object(…)',
  JSON_OBJECTAGG: 'json_group_object(…)',
  LISTAGG: 'group_concat(…)',
  BOOL_AND: 'min(…)',
  BOOL_OR: 'max(…)',
  ROLLUP: 'UNION ALL of the groups',
  CUBE: 'UNION ALL of the groups',
  LAST_INSERT_ID: 'last_insert_rowid()',
  SCOPE_IDENTITY: 'last_insert_rowid()',
  VERSION: 'sqlite_version()',
  GENERATE_SERIES: 'WITH RECURSIVE to make rows',
  UNNEST: 'json_each(…)',
  TOP: 'LIMIT at the end of the query',
  ROWNUM: 'row_number() OVER (), or LIMIT'
};

/** Tables of other databases. */
const TABLES: readonly (readonly [RegExp, string])[] = [
  [/^(information_schema\.columns)$/i, COLUMNS],
  [/^(information_schema|pg_catalog|sys)\./i, LIST_TABLES],
  [/^(pg_tables|all_tables|user_tables)$/i, LIST_TABLES],
  [/^dual$/i, 'SELECT without FROM']
];

/**
 * What to write instead of a syntax that SQLite lacks. A pattern is for the statement, in which ▸
 * marks the end of the token that SQLite rejects.
 */
const SYNTAX: readonly (readonly [RegExp, string])[] = [
  [/^show▸\s*(full\s+)?columns/i, COLUMNS],
  [/^show▸\s*create/i, 'SELECT sql FROM sqlite_schema'],
  [/^show▸/i, LIST_TABLES],
  [/^desc(ribe)?▸/i, COLUMNS],
  [/^\.▸\s*schema/i, 'SELECT sql FROM sqlite_schema'],
  [/^(\.▸\s*tables|\\▸\s*dt)/i, LIST_TABLES],
  [/^\\▸\s*d/i, COLUMNS],
  [/^\.▸/, 'SQL only: commands with a dot are for the program sqlite3'],
  [/^use▸/i, 'no USE: there is one database, main'],
  [/^(create|drop)\s+(database|schema)▸/i, 'no database by name: there is one, main'],
  [/^truncate▸/i, 'DELETE FROM name'],
  [/^start▸/i, 'BEGIN'],
  [/^merge▸/i, UPSERT],
  [
    /^(declare|set|delimiter|exec(ute)?|call|do|go|print)▸/i,
    'a WITH query: SQLite has no variables and procedures'
  ],
  [
    /^create\s+(or\s+replace\s+)?(function|procedure)▸/i,
    'a view, a trigger or a WITH query: SQLite has no procedures'
  ],
  [/^create\s+or▸/i, 'DROP … IF EXISTS before CREATE'],
  [/^create\s+type▸/i, 'TEXT CHECK (name IN (…))'],
  [/^create\s+sequence▸/i, COUNTS],
  [/^(grant|revoke)▸/i, 'no GRANT and REVOKE: SQLite has no users'],
  [/^explain\s+analy[sz]e\s+\w+▸/i, 'EXPLAIN QUERY PLAN'],
  [
    /^alter\s.*\b(modify|alter\s+(column\s+)?\w+\s+\w+)▸/is,
    'a new table, because SQLite cannot change a column'
  ],
  [/^alter\s.*\b(constraint\b.*|foreign|unique|primary)▸/is, 'constraints in CREATE TABLE'],
  [/^insert\s+ignore▸/i, 'INSERT OR IGNORE'],
  [/\bduplicate▸/i, UPSERT],
  [/^select\s+(distinct\s+)?top\s*\(?\s*\w+▸/i, 'LIMIT at the end of the query'],
  [/\bfetch\s+\w+▸/i, 'LIMIT at the end of the query'],
  [/\boffset\s+\w+▸/i, 'LIMIT count OFFSET count'],
  [/\bdistinct\s+on▸/i, 'row_number() OVER (PARTITION BY …) in a subquery'],
  [/\bqualify\b.*▸/is, 'a subquery with WHERE'],
  [/\binto▸/i, 'CREATE TABLE name AS SELECT …'],
  [/\bfor\s+\w+▸/i, 'no FOR UPDATE: a transaction locks the database'],
  [/\bilike▸/i, 'LIKE, which ignores the case of ASCII letters'],
  [/\b(rlike|similar)▸/i, 'LIKE, or GLOB with * and ?'],
  [/:▸:/, 'CAST(value AS type)'],
  [/\bauto_increment▸/i, COUNTS],
  [/\bautoincrement▸/i, 'INTEGER PRIMARY KEY AUTOINCREMENT, in this order'],
  [/\binterval(\s+\S+)?▸/i, ADD],
  [/\b(date|timestamp)(\s+'[^']*'▸|▸\s*')/i, "the text alone, as in '2024-01-31'"],
  [/\benum\s*\(\s*'[^']*'▸/i, 'TEXT CHECK (name IN (…))'],
  [/\(\s*max▸/i, 'TEXT'],
  [/\bcascade▸/i, 'DROP without CASCADE'],
  [/\blateral▸/i, 'a subquery or WITH'],
  [/\b(rollup|grouping)▸/i, 'UNION ALL of the groups'],
  [/\bextract\s*\([^)]*▸/i, PART],
  [/\bconvert\s*\(\s*\w+▸/i, 'CAST(value AS type)'],
  [/\bdefault▸/i, 'no DEFAULT among values: leave out the column'],
  [/\blimit\s+all▸/i, 'the query without LIMIT'],
  [/\barray\s*\[.*▸/is, "json_array(…), or '[1, 2]' as JSON"],
  [/\b(div)\s+\S+▸/i, '/ between integers'],
  [/\bmod\s+\S+▸/i, '%'],
  [/#▸/, '-- before a comment'],
  [/[‘’“”]▸/u, "straight quotation marks, as in 'text'"]
];

/** How much of a statement is read for a hint: characters of its beginning, and on both sides. */
const BEGINNING = 100;
const SIDE = 200;

/** A hint as the end of the error's message, or nothing. */
export function hintFor(message: string, code: string, start: number, token: Token | null): string {
  const instead = replacementFor(message, code, start, token);
  return instead === null ? '' : `. In SQLite, write ${instead}.`;
}

function replacementFor(
  message: string,
  code: string,
  start: number,
  token: Token | null
): string | null {
  const table = /^no such table: (\S+)$/.exec(message)?.[1];
  const name = /^no such (?:function|column|table): (\w+)$/.exec(message)?.[1] ?? '';
  const known = Object.hasOwn(FUNCTIONS, name.toUpperCase()) ? FUNCTIONS[name.toUpperCase()] : null;
  if (table !== undefined) {
    return TABLES.find(([pattern]) => pattern.test(table))?.[1] ?? known ?? null;
  }
  if (known !== null && known !== undefined) {
    return known;
  }
  if (/[‘’“”]/.test(message)) {
    return "straight quotation marks, as in 'text'";
  }
  if (message.includes('\u00a0')) {
    return 'a plain space: this one is a no-break space';
  }
  if (token === null || !/^(?:near|unrecognized|no such column:?) /.test(message)) {
    return null;
  }
  const end = token.start + token.text.length;
  const before = code.slice(start, end);
  const near =
    before.length > BEGINNING + SIDE
      ? `${before.slice(0, BEGINNING)} … ${before.slice(-SIDE)}`
      : before;
  const marked = `${near}▸${code.slice(end, end + SIDE)}`;
  return SYNTAX.find(([pattern]) => pattern.test(marked))?.[1] ?? null;
}

/** A note on a type of other databases that counts there, and does nothing here; or nothing. */
export function noteFor(tokens: readonly string[]): string | null {
  const words = tokens.map(text => text.toUpperCase());
  const type = words.find(
    (word, index) =>
      /^(?:(?:BIG|SMALL)?SERIAL|IDENTITY|AUTO_INCREMENT)$/.test(word) &&
      /^\w+$/.test(words[index - 1] ?? '')
  );
  return words[0] === 'CREATE' && words.slice(1, 4).includes('TABLE') && type !== undefined
    ? `Note: ${type} does not count in SQLite. Write ${COUNTS}.\n`
    : null;
}
