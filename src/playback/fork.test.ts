/** The parts of a recording that a new session gets, and the state after a failure. */
import { expect, it } from 'vitest';

import { addressOf } from '../../tests/support/ui';
import { Api } from '../connection/rest';
import { forkSession } from './fork';

const TEXT = {
  title: 'Backend',
  language: 'python',
  question: '# Sort it',
  code: 'x = 1'
} as const;

/** An API that answers `put` to the text, and the calls that it received. */
function server(put: number): { api: Api; asked: string[] } {
  const asked: string[] = [];
  const api = new Api({
    baseUrl: '/',
    fetch: (input, init) => {
      const method = init?.method ?? 'GET';
      asked.push(
        `${method} ${addressOf(input)} ${typeof init?.body === 'string' ? init.body : ''}`
      );
      const status = { POST: 201, PUT: put }[method] ?? 200;
      return Promise.resolve(new Response(JSON.stringify({ id: 'new', error: 'no' }), { status }));
    }
  });
  return { api, asked };
}

it('copies title, language, question and text', async () => {
  const { api, asked } = server(200);
  expect((await forkSession(api, TEXT)).id).toBe('new');
  expect(asked).toEqual([
    'POST /arena/api/sessions {"title":"Backend","language":"python","question":"# Sort it"}',
    'PUT /arena/api/sessions/new/code {"code":"x = 1"}'
  ]);
});

it('leaves no empty session where the text did not arrive', async () => {
  const { api, asked } = server(413);
  await expect(forkSession(api, TEXT)).rejects.toThrow('no');
  expect(asked.at(-1)).toBe('DELETE /arena/api/sessions/new ');
});
