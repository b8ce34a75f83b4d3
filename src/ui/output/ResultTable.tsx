/** A table in the output of a run; its cells are plain text. */
import type { JSX } from 'react';

/** The MIME type of tables from a runner. */
export const TABLE_MIME = 'application/vnd.arena.table+json';

interface TableData {
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
  /** The number of rows of the result; `rows` are the first of them. */
  total: number;
}

/** The most rows and columns on the page. */
const ROWS = 500;
const COLUMNS = 100;

/** `data` is JSON from a worker; it is shown as text if it is not a valid table. */
export function ResultTable({ data }: { data: string }): JSX.Element {
  const table = readTable(data);
  if (table === null) {
    return <pre className="arena-text arena-value">{data}</pre>;
  }
  const rows = table.rows.slice(0, ROWS);
  const columns = table.columns.slice(0, COLUMNS);
  return (
    <div className="arena-table" role="region" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((name, index) => (
              <th key={index} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((_, index) => (
                <Cell key={index} value={row[index] ?? null} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="arena-note">
        {rows.length < table.total ? `${rows.length} of ${table.total} rows` : rowsOf(table.total)}
      </p>
    </div>
  );
}

function Cell({ value }: { value: string | number | null }): JSX.Element {
  if (value === null) {
    return <td className="arena-null">NULL</td>;
  }
  return typeof value === 'number' ? <td className="arena-number">{value}</td> : <td>{value}</td>;
}

function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

function readTable(data: string): TableData | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { columns, rows, total } = value as Readonly<Record<string, unknown>>;
  const isText = (each: unknown): each is string => typeof each === 'string';
  const isRow = (row: unknown): row is (string | number | null)[] =>
    Array.isArray(row) &&
    row.every(each => each === null || typeof each === 'string' || typeof each === 'number');
  return Array.isArray(columns) &&
    columns.every(isText) &&
    Array.isArray(rows) &&
    rows.every(isRow) &&
    typeof total === 'number'
    ? { columns, rows, total }
    : null;
}
