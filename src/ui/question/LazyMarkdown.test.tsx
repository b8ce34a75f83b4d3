// @vitest-environment happy-dom
import { expect, it } from 'vitest';

import { LazyMarkdown } from './LazyMarkdown';
import { mount, settle } from '../../../tests/support/ui';

/** `text` on the page, once the renderer is loaded. */
async function shown(text: string): Promise<HTMLElement> {
  const { root } = mount(<LazyMarkdown text={text} />);
  await settle(() => import('./Markdown'));
  return root;
}

it('renders Markdown once the renderer is loaded', async () => {
  const root = await shown('# Count\n\nthe **vowels**');
  expect(root.querySelector('strong')?.textContent).toBe('vowels');
});

it('shows text that would block the parser as it is', async () => {
  const text = `# Count\n\n${'**a'.repeat(300)}`;
  const root = await shown(text);
  expect(root.querySelector('.arena-markdown')).toBeNull();
  expect(root.querySelector('pre')?.textContent).toBe(text);
});
