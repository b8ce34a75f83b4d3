// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';

import { addressOf, button, enter, mount, one, settle } from '../../../tests/support/ui';
import { Api } from '../../connection/rest';
import { Lobby } from './Lobby';

const SESSIONS = [
  { id: 'old', title: 'First', language: 'python', status: 'ended', createdAt: '2026-01-01' },
  { id: 'new', title: '<b>Second</b>', language: 'python', status: 'open', createdAt: '2026-02-01' }
];

/** The lobby of a server that answers `info` to this caller. */
async function visit(info: object, answers: Record<string, [number, unknown]> = {}) {
  const requests: string[] = [];
  const api = new Api({
    baseUrl: 'http://localhost/base/',
    fetch: (input, init) => {
      const call = `${init?.method ?? 'GET'} ${addressOf(input).split('/api/')[1] ?? ''}`;
      requests.push(`${call} ${typeof init?.body === 'string' ? init.body : ''}`.trim());
      const known: Record<string, [number, unknown]> = {
        'GET info': [200, info],
        'GET sessions': [200, SESSIONS],
        ...answers
      };
      const [status, body] = known[call] ?? [500, { error: `no answer to ${call}` }];
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    }
  });
  const gone: string[] = [];
  const { root } = mount(<Lobby api={api} baseUrl="/base/" go={path => gone.push(path)} />);
  await settle();
  return { root, requests, gone };
}

const HOST = { user: { name: 'Ada' }, openAccess: false, mayCreate: true, mayShare: true };
const STRANGER = { user: null, openAccess: false, mayCreate: false, mayShare: true };

describe('the lobby', () => {
  it('creates an interview and goes there', async () => {
    const { root, requests, gone } = await visit(HOST, {
      'POST sessions': [201, { id: 'made' }]
    });
    await enter(one(root, 'form input'), ' Backend ');
    await enter(one(root, 'form select'), 'python');
    await settle(() => button(root, 'New interview').click());
    expect(requests).toContain('POST sessions {"title":"Backend","language":"python"}');
    expect(gone).toEqual(['/base/arena/join/made']);
  });

  it('goes there with the invite that somebody without a login gets', async () => {
    const { root, gone } = await visit(
      { ...STRANGER, openAccess: true, mayCreate: true },
      { 'POST sessions': [201, { id: 'made', invite: 'secret' }] }
    );
    await settle(() => button(root, 'New interview').click());
    expect(gone).toEqual(['/base/arena/join/made#secret']);
  });

  it('says why an interview was not created', async () => {
    const { root, gone } = await visit(HOST, { 'POST sessions': [403, { error: 'not today' }] });
    await settle(() => button(root, 'New interview').click());
    expect(one(root, '[role=alert]').textContent).toBe('Not today');
    expect(gone).toEqual([]);
  });

  it('lists one’s own, newest first, with titles as text', async () => {
    const { root, gone } = await visit(HOST);
    const rows = [...root.querySelectorAll('.arena-sessions li')];
    expect(rows.map(row => row.querySelector('.arena-session-title')?.textContent)).toEqual([
      '<b>Second</b>',
      'First'
    ]);
    expect(root.querySelector('b')).toBeNull();
    await settle(() => button(root, 'Open First').click());
    expect(gone).toEqual(['/base/arena/join/old']);
  });

  it('ends an interview only after a question', async () => {
    const { root, requests } = await visit(HOST, { 'PATCH sessions/new': [200, {}] });
    await settle(() => button(root, 'End <b>Second</b>').click());
    expect(requests.some(request => request.startsWith('PATCH'))).toBe(false);
    await settle(() => button(root, 'End interview').click());
    expect(requests).toContain('PATCH sessions/new {"ended":true}');
  });

  it('deletes an interview, also one that has ended, only after a question', async () => {
    const { root, requests } = await visit(HOST, { 'DELETE sessions/old': [200, null] });
    await settle(() => button(root, 'Delete First').click());
    expect(one(root, 'dialog').textContent).toContain('Delete “First”?');
    await settle(() => button(root, 'Cancel').click());
    expect(root.querySelector('dialog')).toBeNull();
    expect(requests.some(request => request.startsWith('DELETE'))).toBe(false);
    await settle(() => button(root, 'Delete First').click());
    await settle(() => button(one(root, 'dialog'), 'Delete').click());
    expect(requests.slice(-2)).toEqual(['DELETE sessions/old', 'GET sessions']);
  });

  it('says why an interview was not deleted, and still lists it', async () => {
    const { root } = await visit(HOST, { 'DELETE sessions/old': [403, { error: 'not yours' }] });
    await settle(() => button(root, 'Delete First').click());
    await settle(() => button(one(root, 'dialog'), 'Delete').click());
    expect(one(root, '[role=alert]').textContent).toBe('Not yours');
    expect(button(root, 'Watch First')).toBeTruthy();
  });

  it('shows a candidate’s link to copy', async () => {
    const url = 'http://localhost/base/arena/join/new#secret';
    const { root, requests } = await visit(HOST, {
      'POST sessions/new/invites': [201, { id: 'i', role: 'candidate', url }]
    });
    await settle(() => button(root, 'Copy a candidate link for <b>Second</b>').click());
    expect(requests).toContain('POST sessions/new/invites {"role":"candidate"}');
    expect(one(root, '.arena-link input').getAttribute('value')).toBe(url);
  });

  it('lets a stranger join or log in, and nothing else', async () => {
    const { root, requests, gone } = await visit(STRANGER);
    expect(root.textContent).not.toContain('New interview');
    expect(requests).toEqual(['GET info']);
    expect(one(root, 'a').getAttribute('href')).toBe('/base/login?next=%2Fbase%2Farena%2F');
    await enter(one(root, 'form input'), 'no link at all');
    await settle(() => button(root, 'Join').click());
    expect(one(root, '[role=alert]').textContent).toContain('neither a link');
    await enter(one(root, 'form input'), `${window.location.origin}/base/arena/join/x1#s`);
    await settle(() => button(root, 'Join').click());
    expect(gone).toEqual(['/base/arena/join/x1#s']);
    expect(root.querySelector('[role=alert]')).toBeNull();
  });

  it('says when the server does not answer', async () => {
    const { root } = await visit(HOST, { 'GET info': [502, { error: 'the gateway is down' }] });
    expect(one(root, '[role=alert]').textContent).toBe('The gateway is down');
  });
});
