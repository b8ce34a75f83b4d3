// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';

import { OutputChunks } from './OutputChunks';
import { mount, one, until } from '../../../tests/support/ui';

vi.mock('./Value', () => {
  throw new Error('offline');
});

it('shows a value as text in a page that cannot load the rest of itself', async () => {
  const { root } = mount(
    <OutputChunks
      id="run"
      chunks={[
        { stream: 'stdout', data: 'before' },
        { mime: 'text/html', data: '<b>x</b>' }
      ]}
    />
  );
  await until(() => root.querySelector('.arena-value') !== null);
  expect(one(root, '.arena-value').textContent).toBe('<b>x</b>');
  expect(root.textContent).toContain('before');
  expect(root.textContent).toContain('a part of this page did not load');
});
