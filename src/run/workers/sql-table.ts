/**
 * The result of a query as the JSON of a table.
 *
 * `{columns, rows, total}`: names, the first rows, and the number of all. A cell is null, text, or a
 * number with exactly the digits that SQLite writes: `9223372036854775807` and `3.0` are JSON, but a
 * reader that makes JavaScript's numbers of them loses digits. What is cut says its whole size: a cell
 * is `{text, length, unit}`, and a table with more columns than shown has `allColumns`.
 */
import { LIMITS } from '../../protocol/wire';

/** A value of a row, integers as bigint. */
export type SqlValue = bigint | number | string | Uint8Array | null;

/** The bounds of one table: rows, columns, and UTF-16 units of JSON. */
const ROWS = 500;
const COLUMNS = 100;
const SIZE = LIMITS.chunk / 2;
/** The beginning of a value that is shown: characters of text, bytes of a blob; and of a name. */
const TEXT = 1000;
const BYTES = 500;
const NAME = 200;

export class Table {
  readonly #columns: string[];
  readonly #allColumns: number;
  /** A real number in SQLite's digits. */
  readonly #digits: (value: number) => string;
  readonly #rows: string[] = [];
  #size = 0;
  #total = 0;

  constructor(columns: readonly string[], digits: (value: number) => string) {
    this.#allColumns = columns.length;
    this.#columns = columns
      .slice(0, COLUMNS)
      .map(name => (name.length > NAME ? `${beginning(name, NAME)}…` : name));
    this.#digits = digits;
  }

  /** Count a row, and keep it if it still fits; `read` is called only then. */
  add(read: () => readonly SqlValue[]): void {
    this.#total += 1;
    if (this.#rows.length < ROWS && this.#size < SIZE) {
      const values = read().slice(0, COLUMNS);
      const row = `[${values.map(value => this.#cell(value)).join(',')}]`;
      this.#size += row.length;
      if (this.#size <= LIMITS.chunk) {
        this.#rows.push(row);
      }
    }
  }

  toJson(): string {
    const fields = [
      `"columns":${JSON.stringify(this.#columns)}`,
      ...(this.#allColumns > COLUMNS ? [`"allColumns":${this.#allColumns}`] : []),
      `"rows":[${this.#rows.join(',')}]`,
      `"total":${this.#total}`
    ];
    return `{${fields.join(',')}}`;
  }

  #cell(value: SqlValue): string {
    if (typeof value === 'bigint') {
      return value.toString();
    }
    if (typeof value === 'number') {
      const digits = this.#digits(value);
      return Number.isFinite(value) ? digits : JSON.stringify(digits);
    }
    return JSON.stringify(value === null ? null : shown(value));
  }
}

function shown(value: string | Uint8Array): unknown {
  if (value instanceof Uint8Array) {
    const bytes = [...value.subarray(0, BYTES)];
    const text = `x'${bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')}'`;
    return value.length > BYTES ? { text, length: value.length, unit: 'bytes' } : text;
  }
  const text = beginning(value, TEXT);
  return text === value ? value : { text, length: countCharacters(value), unit: 'characters' };
}

/** At most `limit` UTF-16 units from the beginning of `text`, and no half of a surrogate pair. */
function beginning(text: string, limit: number): string {
  const code = text.charCodeAt(limit - 1);
  return text.slice(0, text.length > limit && code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit);
}

/** Characters as SQLite's `length()` counts them. */
function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    count += code >= 0xdc00 && code < 0xe000 ? 0 : 1;
  }
  return count;
}
