import { expect, test } from 'vitest';

import { wrongAddress } from './server-address';

const HOST = 'interviews.example:8443';

function seen(pathname: string, baseUrl: string, host = HOST): unknown {
  return wrongAddress({ pathname, host: HOST }, baseUrl, host);
}

test.each([
  ['/arena/', '/'],
  ['/arena', '/'],
  ['/arena/join/abc', '/'],
  ['/arena/join/abc/', '/'],
  ['/arena/replay/abc', '/'],
  ['/interviews/arena/', '/interviews/'],
  ['/user/a%40b/arena/join/abc', '/user/a@b/'],
  ['/user/a@b/arena/join/abc', '/user/a%40b/'],
  ['/arena/arena/join/abc', '/arena/']
])('a page at %s of a server at %s is where the server thinks', (pathname, baseUrl) => {
  expect(seen(pathname, baseUrl)).toBeNull();
});

test.each([
  ['/interviews/arena/', '/', '/interviews/'],
  ['/interviews/arena/join/abc', '/', '/interviews/'],
  ['/a/b/arena/replay/abc', '/b/', '/a/b/'],
  ['/arena/join/abc', '/interviews/', '/']
])('a proxy changed the path of %s before a server at %s', (pathname, baseUrl, here) => {
  expect(seen(pathname, baseUrl)).toEqual({ part: 'path', here, server: baseUrl });
});

test('a proxy changed the host', () => {
  const wrong = { part: 'host', here: HOST, server: '127.0.0.1:8888' };
  expect(seen('/arena/', '/', '127.0.0.1:8888')).toEqual(wrong);
  expect(seen('/arena/', '/', 'interviews.example')).not.toBeNull();
});

test('the case of a host does not matter, and a server that names none is not compared', () => {
  expect(seen('/arena/', '/', 'Interviews.Example:8443')).toBeNull();
  expect(seen('/arena/', '/', '')).toBeNull();
});
