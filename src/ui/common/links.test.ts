import { describe, expect, it } from 'vitest';

import { joinPath, parseJoin, secretOfHash, sessionOfPath } from './links';

const ORIGIN = 'https://jupyter.example';
const SECRET = 'Zk3v9QyTnJ0o_w8xD2s1aLrUeYpHbVgC5mKtXqNzRfA';

describe('the target of a text to join', () => {
  it.each([
    ['4f9a-2c', { id: '4f9a-2c', secret: null }],
    ['  4f9a2c \n', { id: '4f9a2c', secret: null }],
    [`4f9a2c#${SECRET}`, { id: '4f9a2c', secret: SECRET }],
    [`/base/arena/join/4f9a2c#${SECRET}`, { id: '4f9a2c', secret: SECRET }],
    [`${ORIGIN}/base/arena/join/4f9a2c#${SECRET}`, { id: '4f9a2c', secret: SECRET }],
    [`${ORIGIN}/arena/join/4f9a2c/`, { id: '4f9a2c', secret: null }],
    [`${ORIGIN}/arena/join/4f9a2c?token=x#${SECRET}`, { id: '4f9a2c', secret: SECRET }]
  ])('%j is a target', (text, target) => {
    expect(parseJoin(text, ORIGIN)).toEqual(target);
  });

  it.each([
    '',
    'two words',
    'https://elsewhere.example/arena/join/4f9a2c',
    'javascript:alert(1)//arena/join/x',
    `${ORIGIN}/lab/tree/x`,
    `${ORIGIN}/arena/join/a%2F..%2Fb`,
    '4f9a2c#<script>',
    'http://['
  ])('%j is none', text => {
    expect(parseJoin(text, ORIGIN)).toBeNull();
  });
});

describe('the address of a session', () => {
  it('is read back from the path that it makes', () => {
    const path = joinPath('/user/ada/', { id: '4f9a2c', secret: SECRET });
    expect(path).toBe(`/user/ada/arena/join/4f9a2c#${SECRET}`);
    const { pathname, hash } = new URL(path, ORIGIN);
    expect(sessionOfPath(pathname, '/user/ada/')).toBe('4f9a2c');
    expect(secretOfHash(hash)).toBe(SECRET);
  });

  it('is found however the base URL is percent-encoded', () => {
    expect(sessionOfPath('/a@b/arena/join/x', '/a%40b/')).toBe('x');
    expect(sessionOfPath('/a%40b/arena/join/x', '/a@b/')).toBe('x');
  });

  it('is none for the lobby, another base or a broken path', () => {
    expect(sessionOfPath('/base/arena/', '/base/')).toBeNull();
    expect(sessionOfPath('/other/arena/join/x', '/base/')).toBeNull();
    expect(sessionOfPath('/base/arena/join/x%', '/base/')).toBeNull();
    expect(sessionOfPath('/base/arena/join/x/y', '/base/')).toBeNull();
  });

  it('has a secret only in letters that a secret is made of', () => {
    expect(secretOfHash('')).toBeNull();
    expect(secretOfHash('#a b')).toBeNull();
  });
});
