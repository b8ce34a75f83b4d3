/** `console.table` as text, as Node draws it. */
import util, { inspect } from 'node-inspect-extracted';

const INDEX = '(index)';
const ITERATION_INDEX = '(iteration index)';
const VALUES = 'Values';

/** The table as text; null where `data` is no object. Only `columns` are shown, if there are any. */
export function table(data: unknown, columns?: readonly unknown[]): string | null {
  if (typeof data !== 'object' || data === null) {
    return null;
  }
  const { indexTitle, rows } = rowsOf(data);
  const cells: { index: string; fields: Map<string, string>; value: string | null }[] = [];
  const names = new Set<string>(columns?.map(String));
  let hasValues = false;
  for (const [index, row] of rows) {
    const fields = new Map<string, string>();
    let value: string | null = null;
    if ((typeof row === 'object' && row !== null) || typeof row === 'function') {
      for (const [name, field] of Object.entries<unknown>({ ...row })) {
        if (columns === undefined) {
          names.add(name);
        }
        if (names.has(name)) {
          fields.set(name, show(field));
        }
      }
    } else {
      value = show(row);
      hasValues = true;
    }
    cells.push({ index, fields, value });
  }
  const titles = [indexTitle, ...names, ...(hasValues ? [VALUES] : [])];
  return draw(
    titles,
    cells.map(({ index, fields, value }) => [
      index,
      ...[...names].map(name => fields.get(name) ?? ''),
      ...(hasValues ? [value ?? ''] : [])
    ])
  );
}

function rowsOf(data: object): { indexTitle: string; rows: [string, unknown][] } {
  if (data instanceof Map) {
    const entries: Iterable<[unknown, unknown]> = data;
    const rows = [...entries].map(([key, value], index): [string, unknown] => [
      String(index),
      { Key: key, Values: value }
    ]);
    return { indexTitle: ITERATION_INDEX, rows };
  }
  if (data instanceof Set) {
    const values: Iterable<unknown> = data;
    const rows = [...values].map((value, index): [string, unknown] => [
      String(index),
      { [VALUES]: value }
    ]);
    return { indexTitle: ITERATION_INDEX, rows };
  }
  return { indexTitle: INDEX, rows: Object.entries(data) };
}

/** A value in one line: an object with more than two properties is only named. */
function show(value: unknown): string {
  const large =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 2;
  return inspect(value, { depth: large ? -1 : 0, maxArrayLength: 3, breakLength: Infinity });
}

function draw(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) =>
    rows.reduce(
      (widest, row) => Math.max(widest, util.getStringWidth(row[column] ?? '') + 2),
      util.getStringWidth(title) + 2
    )
  );
  const line = (cells: readonly string[]): string =>
    `│${cells.map((cell, column) => pad(cell, widths[column] ?? 0)).join('│')}│`;
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map(size => '─'.repeat(size)).join(middle) + right;
  return [
    rule('┌', '┬', '┐'),
    line(titles),
    rule('├', '┼', '┤'),
    ...rows.map(line),
    rule('└', '┴', '┘')
  ].join('\n');
}

function pad(cell: string, size: number): string {
  return ` ${cell}${' '.repeat(size - 1 - util.getStringWidth(cell))}`;
}
