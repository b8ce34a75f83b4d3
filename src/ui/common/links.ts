/** Links into a session: `<base>arena/join/<id>#<secret>`, read from what people paste. */

/** A session's id, and the invite's secret where the link had one. */
export interface JoinTarget {
  id: string;
  secret: string | null;
}

const ID = /^[\w-]{1,64}$/;
const SECRET = /^[\w-]{1,256}$/;

/** The page of a session, absolute within its origin. */
export function joinPath(baseUrl: string, target: JoinTarget): string {
  const fragment = target.secret === null ? '' : `#${target.secret}`;
  return `${baseUrl}arena/join/${encodeURIComponent(target.id)}${fragment}`;
}

/** The page on which a session's recording is watched, absolute within its origin. */
export function replayPath(baseUrl: string, sessionId: string): string {
  return `${baseUrl}arena/replay/${encodeURIComponent(sessionId)}`;
}

/** The session that the path of such a `page` names, or null where it is none. */
export function sessionOfPath(
  pathname: string,
  baseUrl: string,
  page: 'join' | 'replay' = 'join'
): string | null {
  // Jupyter writes its base URL percent-encoded, a browser's pathname may spell it otherwise.
  const path = decode(pathname);
  const prefix = `${decode(baseUrl)}arena/${page}/`;
  const id = path.startsWith(prefix) ? path.slice(prefix.length).replace(/\/$/, '') : '';
  return ID.test(id) ? id : null;
}

/** The secret in a location's `hash`, or null. */
export function secretOfHash(hash: string): string | null {
  const secret = hash.replace(/^#/, '');
  return SECRET.test(secret) ? secret : null;
}

/**
 * What someone typed or pasted to join: a whole link, its path, `id#secret` or a bare id.
 * Null where it is none of them, or a link to another server than `origin`.
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
    // Not valid percent-encoding: it is then taken as it stands, and matches nothing of ours.
    return path;
  }
}
