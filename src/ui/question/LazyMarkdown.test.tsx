// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest';

import { FakeMarkupWorker } from '../../../tests/support/markup';
import { mount, one, settle } from '../../../tests/support/ui';
import { setMarkupWorker } from '../../markup/page-renderer';
import { LazyMarkdown } from './LazyMarkdown';

let worker: FakeMarkupWorker;

beforeEach(() => {
  setMarkupWorker(() => (worker = new FakeMarkupWorker()));
});

/** Let timers and messages arrive, and React render what they change. */
function turn(): Promise<void> {
  return settle(() => new Promise(done => setTimeout(done, 5)));
}

/** Wait until `check` passes. */
async function until(check: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !check(); turns += 1) await turn();
}

it('shows text at once, and its Markdown when it is formatted', async () => {
  const { root } = mount(<LazyMarkdown text={'# Count\n\nthe **vowels**'} />);
  expect(one(root, 'pre').textContent).toBe('# Count\n\nthe **vowels**');
  await until(() => root.querySelector('pre') === null);
  expect(one(root, 'strong').textContent).toBe('vowels');
  expect(root.querySelector('.arena-note')).toBeNull();
});

it('shows text that is too long to format as it is, and says so', async () => {
  const text = `# Count\n\n${'*a*'.repeat(3000)}`;
  const { root } = mount(<LazyMarkdown text={text} />);
  await until(() => root.querySelector('.arena-note') !== null);
  expect(one(root, '.arena-note').textContent).toBe(
    'Shown as plain text: it is too long to format'
  );
  expect(one(root, 'pre').textContent).toBe(text);
  expect(root.querySelector('.arena-markdown')).toBeNull();
});

it('formats a text that changes all the time a few times a second', async () => {
  const { root, show } = mount(<LazyMarkdown text="0" />);
  await until(() => root.querySelector('p') !== null);
  for (let edit = 1; edit <= 50; edit += 1) {
    show(<LazyMarkdown text={`*${edit}*`} />);
    await turn();
  }
  await until(() => root.querySelector('em')?.textContent === '50');
  expect(one(root, 'em').textContent).toBe('50');
  expect(worker.requests.length).toBeLessThan(10);
});
