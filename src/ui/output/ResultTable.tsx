/** A table in the output of a run; its cells are plain text. */
import { memo, useMemo, useState } from 'react';
import type { JSX } from 'react';

import { textCost, unitCost } from '../../markup/text-cost';
import { PlainText } from '../common/PlainText';
import { ShowAnyway } from './ShowAnyway';
import { useTurn } from '../common/use-turn';

/** The MIME type of tables from a runner. */
export const TABLE_MIME = 'application/vnd.arena.table+json';

interface TableData {
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
  /** The number of rows of the result; `rows` are the first of them. */
  total: number;
}

/** The cells that are shown at first, and more at each request; and the most columns. */
const CELLS = 1000;
const COLUMNS = 100;
/** The most text of a cell, by the cost of its layout. */
const CELL_COST = 2000;
/** The cost of all text that is shown at first, and more at each request. */
const COST = 16 * 1024;
/** Pixels: the height of a row before the table is drawn for the first time. */
const ROW = 24;

/** `data` is JSON from a worker; it is shown as text if it is not a valid table. */
export function ResultTable({ id, data }: { id: string; data: string }): JSX.Element {
  const table = useMemo(() => readTable(data), [data]);
  const { place, drawn, height, hung, allow } = useTurn(id);
  const [requests, setRequests] = useState(1);
  if (table === null) {
    return <PlainText text={data} className="arena-value" />;
  }
  const columns = table.columns.slice(0, COLUMNS);
  const rows = firstRows(table, columns.length, requests);
  const least = height ?? ROW * (Math.min(rows.length, 10) + 2);
  return (
    <div ref={place} style={{ minHeight: drawn ? undefined : least }}>
      {hung && <ShowAnyway hung onShow={allow} />}
      {drawn && (
        <>
          <div className="arena-table" role="region" aria-label="Table" tabIndex={0}>
            <Grid columns={columns} rows={rows} />
          </div>
          <p className="arena-note">
            {rows.length < table.total
              ? `${rows.length} of ${rowsOf(table.total)}`
              : rowsOf(table.total)}{' '}
            {rows.length < table.rows.length && (
              <button
                type="button"
                className="arena-text-button"
                onClick={() => setRequests(requests + 1)}
              >
                Show more
              </button>
            )}
          </p>
        </>
      )}
    </div>
  );
}

/** The first rows of a table that fit into the budget of so many requests; at least one. */
function firstRows({ rows }: TableData, columns: number, requests: number): TableData['rows'] {
  let cells = CELLS * requests;
  let cost = COST * requests;
  const end = rows.findIndex((row, index) => {
    cells -= Math.max(1, columns);
    for (const cell of row.slice(0, columns)) {
      if (typeof cell === 'string') cost -= Math.min(CELL_COST, textCost(cell.slice(0, CELL_COST)));
    }
    return index > 0 && (cells < 0 || cost < 0);
  });
  return end === -1 ? rows : rows.slice(0, end);
}

const Grid = memo(function Grid(props: Pick<TableData, 'columns' | 'rows'>): JSX.Element {
  const { columns, rows } = props;
  return (
    <table>
      <thead>
        <tr>
          {columns.map((name, index) => (
            <th key={index} scope="col">
              {shortened(name)}
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
  );
});

function Cell({ value }: { value: string | number | null }): JSX.Element {
  if (value === null) {
    return <td className="arena-null">NULL</td>;
  }
  return typeof value === 'number' ? (
    <td className="arena-number">{value}</td>
  ) : (
    <td>{shortened(value)}</td>
  );
}

/** The beginning of `text`, as far as a cell shows it. */
function shortened(text: string): string {
  let cost = 0;
  for (let at = 0; at < text.length; at += 1) {
    cost += unitCost(text.charCodeAt(at));
    if (cost > CELL_COST) return `${text.slice(0, at)}…`;
  }
  return text;
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
