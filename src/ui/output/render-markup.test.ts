import { expect, it } from 'vitest';

import { markdown } from './render-markup';

it('does not parse Markdown that would block the page', async () => {
  await expect(markdown('*_a'.repeat(300))).rejects.toThrow('too long or too dense');
  await expect(markdown('a '.repeat(5000))).rejects.toThrow('too long or too dense');
  expect(await markdown('a *b*')).toBe('<p>a <em>b</em></p>\n');
});
