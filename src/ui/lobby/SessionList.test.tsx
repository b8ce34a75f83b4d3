// @vitest-environment happy-dom
/** The list of sessions: exports and imports. */
import { expect, it, vi } from 'vitest';

import { Api } from '../../connection/rest';
import { mount, one, button, settle } from '../../../tests/support/ui';
import { SessionList } from './SessionList';

const SESSION = {
  ...{ id: 'abc', title: 'Backend', language: 'python', code: '', status: 'ended', url: '' },
  createdAt: '2026-01-01T00:00:00.000Z'
};

/** A list of a server that answers exports and imports with `answer`. */
async function list(answer: () => Response): Promise<{
  root: HTMLElement;
  asked: { path: string; body: unknown; type: string | null }[];
  watched: string[];
}> {
  const asked: { path: string; body: unknown; type: string | null }[] = [];
  const watched: string[] = [];
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const path = (input as string).replace('/base/arena/api/', '');
    if (path === 'sessions') return Promise.resolve(Response.json([SESSION]));
    const type = new Headers(init?.headers).get('Content-Type');
    asked.push({ path, body: init?.body, type });
    return Promise.resolve(answer());
  };
  const api = new Api({ baseUrl: '/base/', fetch });
  const { root } = mount(
    <SessionList
      api={api}
      mayShare
      onOpen={() => undefined}
      onWatch={({ id }) => watched.push(id)}
    />
  );
  await settle();
  return { root, asked, watched };
}

async function pick(root: HTMLElement, file: File): Promise<void> {
  const input = one(root, 'input[type=file]');
  Object.defineProperty(input, 'files', { value: [file], configurable: true });
  await settle(() => input.dispatchEvent(new Event('change', { bubbles: true })));
}

it('saves a file under the name from the server', async () => {
  const headers = { 'Content-Disposition': 'attachment; filename="Backend.ipynb"' };
  const { root, asked } = await list(() => new Response('{}', { headers }));
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement
  ) {
    saved.push(`${this.download} from ${this.href}`);
  });
  await settle(() => button(root, 'Download Backend').click());
  await settle(() => button(root, 'Download notebook').click());
  expect(asked.map(each => each.path)).toEqual([
    'sessions/abc/export?format=ipynb&for=interviewers'
  ]);
  expect(saved).toEqual(['Backend.ipynb from blob:x']);
});

it('leaves the notes of the interviewers out when told to', async () => {
  const { root, asked } = await list(() => new Response('{}'));
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  await settle(() => button(root, 'Download Backend').click());
  await settle(() => one(root, '.arena-menu-items input[type=checkbox]').click());
  await settle(() => button(root, 'Download recording').click());
  expect(asked.map(each => each.path)).toEqual(['sessions/abc/export?format=jsonl&for=everyone']);
});

it('says why there is no file', async () => {
  const { root } = await list(() => Response.json({ error: 'not built' }, { status: 503 }));
  await settle(() => button(root, 'Download Backend').click());
  await settle(() => button(root, 'Download replay page').click());
  expect(one(root, '[role=alert]').textContent).toBe('Not built');
});

it('imports a file as it is, and plays it', async () => {
  const { root, asked, watched } = await list(() =>
    Response.json({ ...SESSION, id: 'new' }, { status: 201 })
  );
  const file = new File(['lines'], 'a.jsonl');
  await pick(root, file);
  expect(asked).toEqual([
    { path: 'sessions/import', body: file, type: 'application/octet-stream' }
  ]);
  expect(watched).toEqual(['new']);
});

it('says why a file was not imported', async () => {
  const { root, watched } = await list(() => Response.json({ error: 'cut off' }, { status: 400 }));
  await pick(root, new File(['lines'], 'a.jsonl'));
  expect(one(root, '[role=alert]').textContent).toBe('a.jsonl: Cut off');
  expect(watched).toEqual([]);
});
