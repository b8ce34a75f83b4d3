/** REST client: the calls to a server. */
import { isRecord } from '../protocol/json';
import type { Language, Role, Session, User } from '../protocol/wire';

/** The settings of a page for calls. `baseUrl` is Jupyter's and ends with a slash. */
export interface Shell {
  baseUrl: string;
  fetch: typeof globalThis.fetch;
}

/** The server, and the rights of this caller. */
export interface Info {
  version: string;
  languages: Language[];
  /** The Jupyter login, if there is one. */
  user: { name: string } | null;
  /** Whether a session's id alone lets its holder join. */
  openAccess: boolean;
  mayCreate: boolean;
  mayShare: boolean;
  /** Why a link might not work for others, for people; null if nothing is known against it. */
  shareHint: string | null;
}

/** A new session; `invite` is an interviewer's secret, for callers without a Jupyter login. */
export type CreatedSession = Session & { invite?: string };

/**
 * The result of joining: the participant, and the secret that proves the identity. A guest who must
 * wait for admission gets only the secret at first, and waits on a connection with it.
 */
interface Joined {
  session?: Session;
  user?: User;
  token: string;
}

/** A grant of one role in one session. Times are ISO 8601, UTC. */
export interface Invite {
  id: string;
  role: Role;
  label: string;
  createdAt: string;
  expiresAt: string;
  revoked: boolean;
  /** How many people it admits; null for any number. */
  maxUses: number | null;
  /** The participant who made it; null where that is not known. */
  createdBy: { id: string; name: string } | null;
  /** The people who used it, admitted or not. */
  usedBy: { id: string; name: string }[];
}

/** A new invite: the only answer that has the link. */
export type CreatedInvite = Invite & { url: string };

/** The formats of an exported interview. */
export const EXPORT_FORMATS = ['ipynb', 'zip', 'html', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** The readers of an exported file: `everyone` gets none of the interviewers' private parts. */
export type ExportReaders = 'interviewers' | 'everyone';

/** A call that failed: `status` is HTTP's, or 0 where no server answered; the message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}

/** Calls to one server as one caller: a Jupyter login, or a guest with `token`. All raise `ApiError`. */
export class Api {
  readonly #shell: Shell;
  readonly #token: string | undefined;

  constructor(shell: Shell, token?: string) {
    this.#shell = shell;
    this.#token = token;
  }

  /** The version and features of the server; null where there is no server part. */
  async info(): Promise<Info | null> {
    try {
      return await this.#call<Info>('GET', 'info');
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** The caller's own sessions. */
  listSessions(): Promise<Session[]> {
    return this.#call('GET', 'sessions');
  }

  /** Open a new session. */
  createSession(
    options: { language?: Language; title?: string; question?: string } = {}
  ): Promise<CreatedSession> {
    return this.#call('POST', 'sessions', options);
  }

  /** One session. */
  getSession(id: string): Promise<Session> {
    return this.#call('GET', session(id));
  }

  /** Replace the text of a session's main file. */
  async putCode(id: string, code: string): Promise<void> {
    await this.#call('PUT', `${session(id)}/code`, { code });
  }

  /** Become a participant of a session; with `seat`, one who is there already, on another device. */
  join(
    id: string,
    options: { userName: string; invite?: string; seat?: boolean }
  ): Promise<Joined> {
    return this.#call('POST', `${session(id)}/join`, options);
  }

  /** Make a link for one role. `expiresIn` is in seconds; without `maxUses` anybody may use it. */
  createInvite(
    id: string,
    options: { role: Role; label?: string; expiresIn?: number; maxUses?: number | null }
  ): Promise<CreatedInvite> {
    return this.#call('POST', `${session(id)}/invites`, options);
  }

  /** The session's invites, without their secrets. */
  listInvites(id: string): Promise<Invite[]> {
    return this.#call('GET', `${session(id)}/invites`);
  }

  /** Revoke an invite. */
  revokeInvite(id: string, invite: string): Promise<void> {
    return this.#call('DELETE', `${session(id)}/invites/${encodeURIComponent(invite)}`);
  }

  /** Give a participant another role. */
  changeRole(id: string, userId: string, role: Role): Promise<User> {
    return this.#call('PATCH', person(id, userId), { role });
  }

  /** Remove a participant; with `revokeInvite`, the link that they came by opens nothing either. */
  removeUser(id: string, userId: string, options: { revokeInvite?: boolean } = {}): Promise<void> {
    return this.#call('DELETE', person(id, userId), options);
  }

  /** Admit a guest who asked to enter. */
  admitUser(id: string, userId: string): Promise<void> {
    return this.#call('POST', `${person(id, userId)}/admit`);
  }

  /** Decline a guest who asked to enter. */
  declineUser(id: string, userId: string): Promise<void> {
    return this.#call('POST', `${person(id, userId)}/decline`);
  }

  /** Rename, lock, unlock or end a session, set its question, or let guests wait for admission. */
  updateSession(
    id: string,
    changes: {
      title?: string;
      question?: string;
      locked?: boolean;
      ended?: boolean;
      askToEnter?: boolean;
    }
  ): Promise<Session> {
    return this.#call('PATCH', session(id), changes);
  }

  /** Delete a session with its whole log. */
  deleteSession(id: string): Promise<void> {
    return this.#call('DELETE', session(id));
  }

  /** The interview as one file for `readers`, with its name. */
  async exportSession(
    id: string,
    format: ExportFormat,
    readers: ExportReaders = 'interviewers'
  ): Promise<{ file: Blob; name: string }> {
    const path = `${session(id)}/export?format=${format}&for=${readers}`;
    return this.#request('GET', path, undefined, async response => {
      const disposition = response.headers.get('Content-Disposition') ?? '';
      const name = /filename="([\w.-]+)"/.exec(disposition)?.[1] ?? `interview.${format}`;
      return { file: await response.blob(), name };
    });
  }

  /** Import a recording, or a notebook that contains one, as a session that has ended. */
  importSession(file: Blob): Promise<Session> {
    const body = { data: file, type: 'application/octet-stream' };
    return this.#request('POST', 'sessions/import', body, response => json(response));
  }

  /** The recording of a session, as a stream of bytes. */
  recording(id: string): Promise<ReadableStream<Uint8Array>> {
    return this.#request('GET', `${session(id)}/recording`, undefined, response => {
      if (!response.body) throw new ApiError(response.status, `HTTP ${response.status}`);
      return Promise.resolve(response.body);
    });
  }

  #call<T>(method: string, path: string, body?: object): Promise<T> {
    const sent = body && { data: JSON.stringify(body), type: 'application/json' };
    return this.#request(method, path, sent, response => json<T>(response));
  }

  /** Send a request and `read` its answer; raises `ApiError` where it fails. */
  async #request<T>(
    method: string,
    path: string,
    body: { data: BodyInit; type: string } | undefined,
    read: (response: Response) => Promise<T>
  ): Promise<T> {
    // Called as a plain function: a browser's fetch fails as a method of another object.
    const { baseUrl, fetch } = this.#shell;
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (this.#token !== undefined) headers['X-Arena-Token'] = this.#token;
    if (body) headers['Content-Type'] = body.type;
    try {
      const response = await fetch(`${baseUrl}arena/api/${path}`, {
        method,
        headers,
        ...(body ? { body: body.data } : {})
      });
      if (response.ok) return await read(response);
      const told = errorText(parsed(await response.text()));
      throw new ApiError(response.status, told ?? `HTTP ${response.status}`);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(0, 'The server does not answer.', { cause: error });
    }
  }
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  const answer = parsed(text);
  if (answer === undefined && text !== '') {
    throw new ApiError(response.status, 'The server answered with something that is not JSON.');
  }
  return answer as T;
}

function session(id: string): string {
  return `sessions/${encodeURIComponent(id)}`;
}

function person(id: string, userId: string): string {
  return `${session(id)}/users/${encodeURIComponent(userId)}`;
}

/** `text` as JSON, undefined if it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function errorText(answer: unknown): string | null {
  return isRecord(answer) && typeof answer.error === 'string' ? answer.error : null;
}
