/** The table of a result, read from the JSON of an untrusted worker (`src/run/workers/sql-table.ts`). */

/**
 * A value in a table: text, NULL, a number with the digits of its source, or the beginning of a value
 * with `length` characters or bytes.
 */
export type Cell =
  | string
  | null
  | { number: string }
  | { text: string; length: number; unit: 'characters' | 'bytes' };

export interface TableData {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** The numbers of columns and rows of the result; `columns` and `rows` are the first of them. */
  allColumns: number;
  total: number;
}

/** A string of JSON, or a number. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Read a table; null where it is none. */
export function readTable(data: string): TableData | null {
  let value: unknown;
  try {
    JSON.parse(data);
    // JavaScript's numbers would lose digits of 9223372036854775807 and 3.0.
    value = JSON.parse(
      data.replace(STRING_OR_NUMBER, source =>
        source.startsWith('"') ? source : `{"number":"${source}"}`
      )
    );
  } catch {
    return null;
  }
  const { columns, rows, total, allColumns } = fieldsOf(value);
  return isListOf(columns, isText) && isListOf(rows, isRow) && isNumber(total)
    ? {
        columns,
        rows: rows.map(row => row.map(cellOf)),
        allColumns: isNumber(allColumns) ? Number(allColumns.number) : columns.length,
        total: Number(total.number)
      }
    : null;
}

/** A cell as it is in the JSON, with its numbers as they were replaced. */
type Readable = string | null | { number: string } | CutText;
interface CutText {
  text: string;
  length: { number: string };
  unit: 'characters' | 'bytes';
}

function cellOf(value: Readable): Cell {
  return value !== null && typeof value === 'object' && 'text' in value
    ? { ...value, length: Number(value.length.number) }
    : value;
}

function isRow(value: unknown): value is Readable[] {
  return isListOf(value, isReadable);
}

function isReadable(value: unknown): value is Readable {
  return value === null || isText(value) || isNumber(value) || isCut(value);
}

function isCut(value: unknown): value is CutText {
  const { text, length, unit } = fieldsOf(value);
  return isText(text) && isNumber(length) && (unit === 'characters' || unit === 'bytes');
}

function isNumber(value: unknown): value is { number: string } {
  return isText(fieldsOf(value).number);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
