import { describe, expect, it } from 'vitest';
import { Api, ApiError } from './rest';

interface Call {
  url: string;
  method: string | undefined;
  headers: Headers;
  body: unknown;
}

function apiThat(answer: () => Response, token?: string): { api: Api; calls: Call[] } {
  const calls: Call[] = [];
  const shell = {
    baseUrl: '/a@b/',
    // As a browser's, it refuses to be called as a method.
    fetch: function (this: unknown, url: string, init: RequestInit) {
      if (this !== undefined) throw new TypeError('Illegal invocation');
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
      calls.push({ url, method: init.method, headers: new Headers(init.headers), body });
      return Promise.resolve(answer());
    } as typeof globalThis.fetch
  };
  return { api: new Api(shell, token), calls };
}

const json =
  (value: unknown, status = 200) =>
  () =>
    new Response(JSON.stringify(value), { status });
const empty = () => new Response(null, { status: 204 });

describe('Api', () => {
  it.each<[string, (api: Api) => Promise<unknown>, string, string, unknown]>([
    ['info', api => api.info(), 'GET', 'info', undefined],
    ['listSessions', api => api.listSessions(), 'GET', 'sessions', undefined],
    ['createSession', api => api.createSession(), 'POST', 'sessions', {}],
    [
      'createSession',
      api => api.createSession({ language: 'python', title: 'T' }),
      'POST',
      'sessions',
      { language: 'python', title: 'T' }
    ],
    ['getSession', api => api.getSession('a/b'), 'GET', 'sessions/a%2Fb', undefined],
    [
      'join',
      api => api.join('s', { userName: 'Ann', invite: 'i' }),
      'POST',
      'sessions/s/join',
      { userName: 'Ann', invite: 'i' }
    ],
    [
      'createInvite',
      api => api.createInvite('s', { role: 'candidate', expiresIn: 60 }),
      'POST',
      'sessions/s/invites',
      { role: 'candidate', expiresIn: 60 }
    ],
    ['listInvites', api => api.listInvites('s'), 'GET', 'sessions/s/invites', undefined],
    [
      'updateSession',
      api => api.updateSession('s', { locked: true }),
      'PATCH',
      'sessions/s',
      { locked: true }
    ]
  ])('%s', async (_, call, method, path, body) => {
    const answer = { some: 'answer' };
    const { api, calls } = apiThat(json(answer));
    await expect(call(api)).resolves.toEqual(answer);
    expect(calls).toMatchObject([{ url: `/a@b/arena/api/${path}`, method }]);
    expect(calls[0]?.body).toEqual(body);
    expect(calls[0]?.headers.get('content-type')).toBe(body ? 'application/json' : null);
    expect(calls[0]?.headers.has('x-arena-token')).toBe(false);
  });

  it('deletes, without a body in the answer', async () => {
    const { api, calls } = apiThat(empty);
    await api.deleteSession('s');
    await api.revokeInvite('s', 'i/j');
    expect(calls.map(call => [call.method, call.url])).toEqual([
      ['DELETE', '/a@b/arena/api/sessions/s'],
      ['DELETE', '/a@b/arena/api/sessions/s/invites/i%2Fj']
    ]);
  });

  it('sends its token in a header only', async () => {
    const { api, calls } = apiThat(json({}), 'secret');
    await api.getSession('s');
    expect(calls[0]?.headers.get('x-arena-token')).toBe('secret');
    expect(calls[0]?.url).not.toContain('secret');
  });

  it('raises the error message of the server', async () => {
    const { api } = apiThat(json({ error: 'no name' }, 400));
    const error: unknown = await api.join('s', { userName: '' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 400, message: 'no name' });
  });

  it('keeps the status of an error from elsewhere', async () => {
    const { api } = apiThat(() => new Response('<html>', { status: 502 }));
    await expect(api.listSessions()).rejects.toMatchObject({ status: 502, message: 'HTTP 502' });
  });

  it('has status 0 where no server answers', async () => {
    const { api } = apiThat(() => {
      throw new TypeError('Failed to fetch');
    });
    await expect(api.info()).rejects.toMatchObject({ name: 'ApiError', status: 0 });
  });

  it('raises an error for an HTML page as an answer', async () => {
    const { api } = apiThat(() => new Response('<html>'));
    await expect(api.getSession('s')).rejects.toBeInstanceOf(ApiError);
  });

  it('has no info where there is no server part', async () => {
    await expect(apiThat(json({ error: 'x' }, 404)).api.info()).resolves.toBeNull();
    await expect(apiThat(json({ error: 'x' }, 403)).api.info()).rejects.toBeInstanceOf(ApiError);
  });
});
