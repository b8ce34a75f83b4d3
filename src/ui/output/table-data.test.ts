import { describe, expect, it } from 'vitest';

import { readTable } from './table-data';

const cells = (row: string) => readTable(`{"columns":["a"],"rows":[[${row}]],"total":1}`)?.rows[0];

describe('a table that is read', () => {
  it('has every digit of its numbers', () => {
    expect(
      cells('9223372036854775807, -9007199254740993, 3.0, 1.0e+20, 0.30000000000000004')
    ).toEqual(
      ['9223372036854775807', '-9007199254740993', '3.0', '1.0e+20', '0.30000000000000004'].map(
        number => ({ number })
      )
    );
  });

  it('has text as it is, NULL, and no text for a number', () => {
    const texts = ['12', '', 'a "1" \\ 2', '[3, "4"]', '\\"5'];
    expect(cells(`${JSON.stringify(texts).slice(1, -1)}, null`)).toEqual([...texts, null]);
  });

  it('says how much there is of what is cut', () => {
    expect(cells('{"text":"abc","length":9,"unit":"characters"}')).toEqual([
      { text: 'abc', length: 9, unit: 'characters' }
    ]);
    const table = readTable('{"columns":["a"],"allColumns":7,"rows":[],"total":900}');
    expect(table).toMatchObject({ allColumns: 7, total: 900 });
  });

  it.each([
    '{',
    '[]',
    '{"columns":[1],"rows":[],"total":1}',
    '{"columns":["a"],"rows":[["a", true]],"total":1}',
    '{"columns":["a"],"rows":[[{"number":1}]],"total":1}',
    '{"columns":["a"],"rows":[[{"text":"a","length":"2","unit":"bytes"}]],"total":1}',
    '{"columns":["a"],"rows":[[{"text":"a","length":2,"unit":"<b>"}]],"total":1}',
    '{"columns":["a"],"rows":[],"total":"1"}',
    '{"columns":["a"],"rows":[[01]],"total":1}'
  ])('is none: %s', data => {
    expect(readTable(data)).toBeNull();
  });
});
