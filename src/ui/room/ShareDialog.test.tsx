// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import { addressOf, button, enter, mount, one, settle } from '../../../tests/support/ui';
import { Api } from '../../connection/rest';
import { ShareDialog } from './ShareDialog';

const invite = (id: string, fields: object = {}) => ({
  id,
  role: 'candidate',
  label: '',
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  revoked: false,
  maxUses: null,
  createdBy: null,
  usedBy: [],
  ...fields
});

/** The dialog with a server that stores `invites`. */
async function open(options: {
  invites?: object[];
  mayShare?: boolean;
  hint?: string;
  refuse?: boolean;
}) {
  const invites = options.invites ?? [];
  const requests: string[] = [];
  const api = new Api({
    baseUrl: 'http://localhost/',
    fetch: (input, init) => {
      const method = init?.method ?? 'GET';
      const path = addressOf(input).split('/api/')[1] ?? '';
      requests.push(`${method} ${path} ${typeof init?.body === 'string' ? init.body : ''}`.trim());
      if (method === 'GET') {
        return Promise.resolve(new Response(JSON.stringify(invites)));
      }
      if (options.refuse) {
        return Promise.resolve(new Response('{"error": "not allowed"}', { status: 403 }));
      }
      if (method === 'DELETE') {
        invites.splice(0, 1);
        return Promise.resolve(new Response(null, { status: 204 }));
      }
      const created = { ...invite('new'), url: 'http://localhost/arena/join/s#secret' };
      invites.push(created);
      return Promise.resolve(new Response(JSON.stringify(created), { status: 201 }));
    }
  });
  let closed = 0;
  const { root } = mount(
    <ShareDialog
      api={api}
      sessionId="s"
      mayShare={options.mayShare ?? true}
      hint={options.hint ?? null}
      onClose={() => closed++}
    />
  );
  await settle();
  return { root, requests, closed: () => closed };
}

const listed = (root: HTMLElement) => root.querySelectorAll('.arena-invites li').length;

describe('the share dialog', () => {
  it('makes a candidate’s link and shows it once', async () => {
    const { root, requests } = await open({});
    expect((one(root, 'dialog') as HTMLDialogElement).open).toBe(true);
    await settle(() => button(root, 'Create link').click());
    expect(requests).toContain('POST sessions/s/invites {"role":"candidate"}');
    expect((one(root, '.arena-link input') as HTMLInputElement).value).toBe(
      'http://localhost/arena/join/s#secret'
    );
    expect(root.textContent).toContain('Works until');
    expect(listed(root)).toBe(1);
  });

  it('makes a link for the role that was chosen', async () => {
    const { root, requests } = await open({});
    await settle(() => root.querySelectorAll<HTMLInputElement>('input[type=radio]')[1]?.click());
    await settle(() => button(root, 'Create link').click());
    expect(requests).toContain('POST sessions/s/invites {"role":"observer"}');
  });

  it('lists the links that work, and revokes', async () => {
    const { root, requests } = await open({
      invites: [
        invite('live', { label: 'HR' }),
        invite('gone', { revoked: true }),
        invite('old', { expiresAt: '2020-01-01T00:00:00Z' })
      ]
    });
    expect(listed(root)).toBe(1);
    expect(root.textContent).toContain('HR');
    await settle(() => (one(root, '.arena-invites button') as HTMLButtonElement).click());
    expect(requests).toContain('DELETE sessions/s/invites/live');
    expect(listed(root)).toBe(0);
  });

  it('makes a link for a number of people, and names the people who used it', async () => {
    const ada = { id: 'ada', name: 'Ada <b>' };
    const { root, requests } = await open({
      invites: [invite('used', { maxUses: 1, usedBy: [ada] })]
    });
    expect(one(root, '.arena-invites li').textContent).toContain('used upused by: Ada <b>');
    await enter(one(root, '.arena-uses select'), '2');
    await settle(() => button(root, 'Create link').click());
    expect(requests).toContain('POST sessions/s/invites {"role":"candidate","maxUses":2}');
  });

  it('names the interviewer who made a link', async () => {
    const ana = { id: 'ana', name: 'Ana <b>' };
    const { root } = await open({ invites: [invite('hers', { createdBy: ana }), invite('old')] });
    const items = [...root.querySelectorAll('.arena-invites li')].map(item => item.textContent);
    expect(items.map(text => text.includes('made by: Ana <b>'))).toEqual([true, false]);
  });

  it('gives the reason why links do not work', async () => {
    const { root } = await open({ mayShare: false, hint: 'Links are off here.' });
    expect(root.textContent).toContain('Links are off here.');
    expect(root.textContent).not.toContain('Create link');
  });

  it('shows the refusal of the server', async () => {
    const { root } = await open({ refuse: true });
    await settle(() => button(root, 'Create link').click());
    expect(one(root, '[role=alert]').textContent).toBe('Not allowed');
    expect(root.querySelector('.arena-link')).toBeNull();
  });

  it('closes', async () => {
    const { root, closed } = await open({});
    await settle(() => button(root, 'Done').click());
    expect(closed()).toBe(1);
  });
});
