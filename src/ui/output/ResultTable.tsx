/** A table in the output of a run; its cells are plain text. */
import { memo, useMemo, useState } from 'react';
import type { JSX } from 'react';

import { textCost, unitCost } from '../../markup/text-cost';
import { PlainText } from '../common/PlainText';
import { ShowAnyway } from './ShowAnyway';
import { useTurn } from '../common/use-turn';
import { readTable } from './table-data';
import type { Cell, TableData } from './table-data';

/** The MIME type of tables from a runner. */
export const TABLE_MIME = 'application/vnd.arena.table+json';

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
            {numberOf(rows.length, table.total, 'row')}
            {columns.length < table.allColumns &&
              `, ${numberOf(columns.length, table.allColumns, 'column')}`}{' '}
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
      cost -= Math.min(CELL_COST, textCost(textOf(cell).slice(0, CELL_COST)));
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
              <Field key={index} value={row[index] ?? null} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

function Field({ value }: { value: Cell }): JSX.Element {
  if (value === null) {
    return <td className="arena-null">NULL</td>;
  }
  const text = textOf(value);
  if (typeof value === 'object' && 'number' in value) {
    return <td className="arena-number">{shortened(text)}</td>;
  }
  const shown = text.slice(0, lengthWithin(text));
  if (shown === value) {
    return <td>{shown}</td>;
  }
  const { length, unit } =
    typeof value === 'string' ? { length: Array.from(text).length, unit: 'characters' } : value;
  // A blob is written as x'00ff'.
  const count = unit === 'bytes' ? (shown.length - 3) >> 1 : Array.from(shown).length;
  return (
    <td>
      {shown}
      <span className="arena-cut">{`… ${count} of ${length} ${unit}`}</span>
    </td>
  );
}

/** The text of a cell, as far as it is there. */
function textOf(cell: Cell): string {
  if (cell === null) {
    return '';
  }
  if (typeof cell === 'string') {
    return cell;
  }
  return 'number' in cell ? cell.number : cell.text;
}

/** The beginning of `text`, as far as a cell shows it. */
function shortened(text: string): string {
  const end = lengthWithin(text);
  return end < text.length ? `${text.slice(0, end)}…` : text;
}

/** The length of the beginning of `text` that a cell shows. */
function lengthWithin(text: string): number {
  let cost = 0;
  for (let at = 0; at < text.length; at += 1) {
    cost += unitCost(text.charCodeAt(at));
    if (cost > CELL_COST) {
      // No half of a surrogate pair.
      return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at;
    }
  }
  return text.length;
}

/** `3 rows`, or `3 of 9 rows`. */
function numberOf(shown: number, all: number, unit: string): string {
  const count = all === 1 ? `1 ${unit}` : `${all} ${unit}s`;
  return shown < all ? `${shown} of ${count}` : count;
}
