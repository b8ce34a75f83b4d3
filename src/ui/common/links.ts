/** The addresses of Arena's pages: `<base>arena/join/<id>#<secret>` and `<base>arena/replay/<id>`. */

/** A session id, and the invite's secret if the link has one. */
export interface JoinTarget {
  id: string;
  secret: string | null;
}

const ID = /^[\w-]{1,64}$/;
const SECRET = /^[\w-]{1,256}$/;

/** The absolute path of a session's page, with the secret as its fragment. */
export function joinPath(baseUrl: string, target: JoinTarget): string {
  const fragment = target.secret === null ? '' : `#${target.secret}`;
  return `${baseUrl}arena/join/${encodeURIComponent(target.id)}${fragment}`;
}

/** The absolute path of the page that plays a session's recording. */
export function replayPath(baseUrl: string, sessionId: string): string {
  return `${baseUrl}arena/replay/${encodeURIComponent(sessionId)}`;
}

/** The session id in the path of a page; null where the path is not that of such a `page`. */
export function sessionOfPath(
  pathname: string,
  baseUrl: string,
  page: 'join' | 'replay' = 'join'
): string | null {
  // Jupyter's base URL and the browser's pathname may be percent-encoded in different ways.
  const path = decode(pathname);
  const prefix = `${decode(baseUrl)}arena/${page}/`;
  const id = path.startsWith(prefix) ? path.slice(prefix.length).replace(/\/$/, '') : '';
  return ID.test(id) ? id : null;
}

/** The secret in a location's `hash`; null without a valid one. */
export function secretOfHash(hash: string): string | null {
  const secret = hash.replace(/^#/, '');
  return SECRET.test(secret) ? secret : null;
}

/**
 * The target of a text that a person typed or pasted: a link, its path, `id#secret` or an id. Null
 * where the text is none of these, or a link to another origin.
 */
export function parseJoin(text: string, origin: string): JoinTarget | null {
  const input = text.trim();
  const [bare = '', fragment] = input.split('#', 2);
  if (ID.test(bare)) {
    return target(bare, fragment);
  }
  let url: URL;
  try {
    url = new URL(input, origin);
  } catch {
    return null;
  }
  const id = /\/arena\/join\/([^/]+)\/?$/.exec(url.pathname)?.[1];
  return url.origin === origin && id !== undefined && ID.test(id) ? target(id, url.hash) : null;
}

function target(id: string, fragment: string | undefined): JoinTarget | null {
  if (fragment === undefined || fragment === '') {
    return { id, secret: null };
  }
  const secret = secretOfHash(fragment);
  return secret === null ? null : { id, secret };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Invalid percent-encoding: the path is used as it is, and matches no page of Arena.
    return path;
  }
}
