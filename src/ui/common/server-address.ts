/** The address that a page has in the browser, beside the one that its server believes to have. */

/** A server behind a proxy that changes its requests: what browsers have, and what arrives. */
export interface WrongAddress {
  part: 'path' | 'host';
  here: string;
  server: string;
}

const PAGE = /^(.*\/)arena(?:\/|\/(?:join|replay)\/[^/]+\/?)?$/;

/**
 * The part of the address that the server has wrong; null if all is well. `baseUrl` is the server's
 * path, and `host` its name as the request had it; an empty `host` is not compared.
 */
export function wrongAddress(
  { pathname, host: hostHere }: { pathname: string; host: string },
  baseUrl: string,
  host: string
): WrongAddress | null {
  const here = PAGE.exec(pathname)?.[1];
  if (here !== undefined && plain(here) !== plain(baseUrl)) {
    return { part: 'path', here, server: baseUrl };
  }
  if (host !== '' && host.toLowerCase() !== hostHere) {
    return { part: 'host', here: hostHere, server: host };
  }
  return null;
}

/** A path without percent-encoding, which server and browser may do in different ways. */
function plain(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
