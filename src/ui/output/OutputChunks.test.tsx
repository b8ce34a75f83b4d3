// @vitest-environment happy-dom
import { act } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Chunk } from '../../protocol/wire';
import { setMarkupWorker } from '../../markup/page-renderer';
import { OutputChunks } from './OutputChunks';
import { TABLE_MIME } from './ResultTable';
import { FakeMarkupWorker } from '../../../tests/support/markup';
import { button, mount, one, until } from '../../../tests/support/ui';

const HOSTILE = [
  '<script>window.hostile = true</script>',
  '<img src="x" onerror="window.hostile = true">',
  '<a href="javascript:alert(1)">x</a>'
].join('');
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

beforeEach(() => {
  // The page hung while it drew this.
  localStorage.setItem('arena:drawing', JSON.stringify({ 'hung/0': 1 }));
  setMarkupWorker(() => new FakeMarkupWorker());
});

function show(...chunks: Chunk[]): HTMLElement {
  return mount(<OutputChunks id="run" chunks={chunks} />).root;
}

/** The document of the frame that shows `data`. */
async function framed(mime: string, data: string): Promise<string> {
  const root = show({ mime, data });
  await until(() => root.querySelector('iframe') !== null);
  expect(one(root, 'iframe').getAttribute('sandbox')).toBe('');
  expect(root.querySelector('script, img, a, svg')).toBeNull();
  return one(root, 'iframe').getAttribute('srcdoc') ?? '';
}

describe('output from hostile code', () => {
  it.each(['text/plain', 'application/javascript'])('is text when it is %s', async mime => {
    const root = show({ mime, data: HOSTILE });
    await until(() => root.querySelector('.arena-value') !== null);
    expect(one(root, '.arena-value').textContent).toBe(HOSTILE);
    expect(root.querySelector('script, img, a, iframe')).toBeNull();
  });

  it.each(['text/html', 'text/markdown', 'text/latex', 'image/svg+xml'])(
    'stays in a frame without rights as %s',
    async mime => {
      const source = await framed(mime, HOSTILE);
      expect(source.indexOf(`default-src 'none'`)).toBeGreaterThan(-1);
      expect(source.indexOf(`default-src 'none'`)).toBeLessThan(source.indexOf('<style'));
      expect(source).not.toContain('<script');
    }
  );

  it('loses markup that would load or link other addresses', async () => {
    const source = await framed(
      'text/html',
      '<link rel="preconnect" href="//evil"><meta http-equiv="refresh" content="0;//evil">' +
        '<base href="//evil"><a target="_self" ping="//evil" href="//evil">x</a>' +
        `<img srcset='# .1x, http://evil/a 1x' alt="p"><p style="background: url(//evil)">y</p>` +
        '<iframe srcdoc="x"></iframe><object data="x"></object>' +
        '<style>@import "//evil"; p { color: red; background: url(//evil) }</style>'
    );
    expect(source).not.toContain('evil');
    expect(source).not.toMatch(/<(?:iframe|object|link)/);
    expect(source).toContain('p{color:red;}');
  });

  it('is a table only where it is one', async () => {
    const data = JSON.stringify({
      columns: ['<b>', 'n'],
      rows: [
        [HOSTILE, 1],
        [null, 2]
      ],
      total: 9
    });
    const root = show({ mime: TABLE_MIME, data });
    await until(() => root.querySelector('table') !== null);
    expect(one(root, 'th').textContent).toBe('<b>');
    expect([...root.querySelectorAll('td')].map(cell => cell.textContent)).toEqual([
      HOSTILE,
      '1',
      'NULL',
      '2'
    ]);
    expect(root.textContent).toContain('2 of 9 rows');
    expect(root.querySelector('script, img, a, b')).toBeNull();
    for (const bad of ['{', '[]', '{"columns":[{}],"rows":[],"total":1}']) {
      const broken = show({ mime: TABLE_MIME, data: bad });
      await until(() => broken.querySelector('.arena-value') !== null);
      expect(one(broken, '.arena-value').textContent).toBe(bad);
    }
  });

  it('is a table with every digit, which says how much is cut', async () => {
    const data =
      '{"columns":["n"],"allColumns":120,"rows":[[9223372036854775807],[3.0],["5"],' +
      '[{"text":"abc","length":25000,"unit":"characters"}],' +
      '[{"text":"x\'00ff\'","length":900,"unit":"bytes"}],' +
      `["${'日'.repeat(900)}"]],"total":6}`;
    const root = show({ mime: TABLE_MIME, data });
    await until(() => root.querySelector('table') !== null);
    const cells = [...root.querySelectorAll('td')];
    expect(cells.map(cell => [cell.className, cell.textContent])).toEqual([
      ['arena-number', '9223372036854775807'],
      ['arena-number', '3.0'],
      ['', '5'],
      ['', 'abc… 3 of 25000 characters'],
      ['', "x'00ff'… 2 of 900 bytes"],
      ['', `${'日'.repeat(250)}… 250 of 900 characters`]
    ]);
    expect(root.textContent).toContain('6 rows, 1 of 120 columns');
  });

  it('is a picture only where it is one', async () => {
    const root = show({ mime: 'image/png', data: `${DOT}\n` });
    await until(() => root.querySelector('img') !== null);
    expect(one(root, 'img').getAttribute('src')).toBe(`data:image/png;base64,${DOT}`);
    const data = 'x" onerror="window.hostile = true';
    const bad = show({ mime: 'image/png', data });
    await until(() => bad.querySelector('.arena-value') !== null);
    expect(bad.querySelector('img')).toBeNull();
    expect(one(bad, '.arena-value').textContent).toBe(data);
  });
});

describe('output for a terminal', () => {
  it('is drawn as on one: a progress bar is one line, and colours are left out', () => {
    const root = show(
      { stream: 'stdout', data: 'begin\n 10%' },
      { stream: 'stdout', data: '\r\x1b[32m100%\x1b[0m\n' },
      { stream: 'stderr', data: 'odd\b\b\bbad\n' }
    );
    expect(root.textContent).toBe('begin\n100%\nbad\n');
    expect(one(root, '.arena-stderr').textContent).toBe('bad\n');
  });
});

describe('output that costs much to draw', () => {
  it('is shown from its end, and the earlier part on request', async () => {
    const chunks = Array.from({ length: 5000 }, (_, index): Chunk => {
      const stream = index % 2 === 0 ? 'stdout' : 'stderr';
      return { stream, data: `${index};` };
    });
    const root = show(...chunks);
    await until(() => root.textContent.includes('4999;'));
    expect(root.querySelectorAll('*').length).toBeLessThan(4000);
    expect(root.textContent).not.toContain('1000;');
    act(() => {
      button(root, 'Show earlier output').click();
    });
    await until(() => root.textContent.startsWith('0;1;2;'));
  });

  it('is markup that the reader has to ask for', async () => {
    const root = show({ mime: 'text/html', data: '<i>a</i>'.repeat(5000) });
    await until(() => root.textContent.includes('This output is large.'));
    expect(root.querySelector('iframe')).toBeNull();
    act(() => {
      button(root, 'Show it').click();
    });
    await until(() => root.querySelector('iframe') !== null);
  });

  it('is text when it is more than a page can take', async () => {
    const part = (depth: number): string =>
      `<g id="a${depth}">${`<use href="#a${depth - 1}"/>`.repeat(10)}</g>`;
    const parts = Array.from({ length: 7 }, (_, index) => part(index + 1)).join('');
    const data = `<svg><rect id="a0" width="1" height="1"/>${parts}</svg>`;
    const root = show({ mime: 'image/svg+xml', data });
    await until(() => root.textContent.includes('Shown as plain text'));
    expect(one(root, '.arena-value').textContent).toBe(data);
    expect(root.querySelector('iframe, img')).toBeNull();
  });

  it('is a table with as many rows as fit, and more on request', async () => {
    const columns = Array.from({ length: 100 }, (_, index) => String(index));
    const rows = Array.from({ length: 500 }, () => []);
    const data = JSON.stringify({ columns, rows, total: 500 });
    const root = show({ mime: TABLE_MIME, data });
    await until(() => root.querySelector('table') !== null);
    expect(root.querySelectorAll('tbody tr')).toHaveLength(10);
    act(() => {
      button(root, 'Show more').click();
    });
    expect(root.querySelectorAll('tbody tr')).toHaveLength(20);
  });

  it('is not drawn again by itself after it hung the page', async () => {
    const chunks: Chunk[] = [{ mime: 'text/html', data: '<b>a</b>' }];
    const { root } = mount(<OutputChunks id="hung" chunks={chunks} />);
    await until(() => root.textContent === 'This output made the page hang before. Show it anyway');
    expect(root.querySelector('iframe')).toBeNull();
    act(() => {
      button(root, 'Show it anyway').click();
    });
    await until(() => root.querySelector('iframe') !== null);
  });

  it('is a picture with many pixels', async () => {
    const sized = (width: number, height: number): string => {
      const bytes = Uint8Array.from(atob(DOT), character => character.charCodeAt(0));
      new DataView(bytes.buffer).setUint32(16, width);
      new DataView(bytes.buffer).setUint32(20, height);
      return btoa(String.fromCharCode(...bytes));
    };
    const large = show({ mime: 'image/png', data: sized(5000, 5000) });
    await until(() => large.textContent === 'This output is large. Show it');
    expect(large.querySelector('img')).toBeNull();
    const bomb = show({ mime: 'image/png', data: sized(30_000, 30_000) });
    await until(() => bomb.textContent.includes('too many pixels'));
  });
});
