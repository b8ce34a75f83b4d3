/**
 * The entry point of the stand-alone pages, without JupyterLab: the lobby at `arena/`, a session at
 * `arena/join/<id>`, and its recording at `arena/replay/<id>`.
 */
import type { JSX } from 'react';
import { createRoot } from 'react-dom/client';

import { Api } from './connection/rest';
import type { Shell } from './connection/rest';
import { Lobby } from './ui/lobby/Lobby';
import { GuestRoom } from './ui/lobby/GuestRoom';
import type { OpenedRoom } from './ui/lobby/GuestRoom';
import type { SecretStore } from './ui/lobby/secret-store';
import { JoinFailedPage, WaitingPage, WrongAddressPage } from './ui/lobby/StatusPages';
import { joinPath, secretOfHash, sessionOfPath } from './ui/common/links';
import { wrongAddress } from './ui/common/server-address';

/** One entry of a storage area. Where the browser denies the storage, memory holds the value. */
function stored(area: () => Storage, key: string): SecretStore {
  let memory: string | null = null;
  return {
    read: () => {
      try {
        return area().getItem(key) ?? memory;
      } catch {
        return memory;
      }
    },
    write: value => {
      memory = value;
      try {
        if (value === null) {
          area().removeItem(key);
        } else {
          area().setItem(key, value);
        }
      } catch {
        // The value is in memory.
      }
    }
  };
}

/** The content of the page's `meta` element with this name; empty without one. */
function metaOf(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}

/** The path of Jupyter's base URL, with a slash at its end. */
function baseUrl(): string {
  const base = metaOf('arena-base-url') || '/';
  return base.endsWith('/') ? base : `${base}/`;
}

/** The address of the runtime build, with a slash at its end. */
function runtimeUrl(): string {
  return new URL(`${baseUrl()}arena/runtime/`, window.location.href).href;
}

/** `fetch` with cookies and with Jupyter's XSRF token, which a cookie login needs. */
const pageFetch: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  // Cookies of different paths can have this name; the server reads the last one.
  const xsrf = [...document.cookie.matchAll(/(?:^|; )_xsrf=([^;]+)/g)].at(-1)?.[1];
  if (xsrf !== undefined) {
    headers.set('X-XSRFToken', decodeURIComponent(xsrf));
  }
  return fetch(input, { ...init, headers, credentials: 'same-origin' });
};

/** Remove secrets from the address bar, and so from history, bookmarks and screenshots. */
function cleanAddress(): void {
  const url = new URL(window.location.href);
  url.searchParams.delete('token');
  url.hash = '';
  history.replaceState(history.state, '', url);
}

/**
 * The invite's secret in the address; without one, the secret that this tab has stored. A reload of
 * the form needs it; a page that has a token does not.
 */
function takeInvite(sessionId: string): SecretStore {
  const kept = stored(() => sessionStorage, `arena:invite:${sessionId}`);
  const invite = secretOfHash(window.location.hash);
  if (invite !== null) {
    kept.write(invite);
  }
  return kept;
}

/**
 * A function that opens the room of `sessionId` with a participant's token. Its modules start to load
 * now, and the database to open, while the guest types a name.
 */
function roomOpener(shell: Shell, sessionId: string): (token: string) => Promise<OpenedRoom> {
  const loading = Promise.all([import('./ui/lobby/lazy-room'), import('./run')]);
  const database = loading.then(([room]) => room.openDatabase());
  // The drafts handle it.
  database.catch(() => undefined);
  return async token => {
    const [room, { createRunners }] = await loading;
    const { ArenaSession, StoredDrafts, WebSocketConnection, Panel } = room;
    room.setMarkupWorker(runtimeUrl());
    const runners = createRunners({
      runtimeUrl: runtimeUrl(),
      packagesUrl: metaOf('arena-packages-url')
    });
    const connection = new WebSocketConnection({ ...shell, sessionId, token });
    const drafts = new StoredDrafts({ database, sessionId });
    const session = new ArenaSession({ connection, runners, drafts });
    const close = (): void => {
      session.dispose();
      runners.dispose();
    };
    return { session, api: new Api(shell, token), Panel, close };
  };
}

/** The page of a recording; its modules are loaded here. */
async function recordingPage(shell: Shell, api: Api, sessionId: string): Promise<JSX.Element> {
  const [{ Page, setMarkupWorker }, { createRunners }, info] = await Promise.all([
    import('./ui/playback/Page'),
    import('./run'),
    // If the server does not answer, loading the film shows the error.
    api.info().catch(() => null)
  ]);
  setMarkupWorker(runtimeUrl());
  return (
    <Page
      {...{ shell, api, sessionId }}
      runtimeUrl={runtimeUrl()}
      token={stored(() => localStorage, `arena:${sessionId}`).read()}
      runners={createRunners({
        runtimeUrl: runtimeUrl(),
        packagesUrl: metaOf('arena-packages-url')
      })}
      mayCreate={info?.mayCreate ?? false}
      go={room => window.location.assign(joinPath(shell.baseUrl, room))}
    />
  );
}

function start(): void {
  const root = document.getElementById('root');
  if (!root) {
    throw new Error('The page has no #root to show anything in.');
  }
  document.documentElement.classList.add('arena-standalone');
  const shell: Shell = { baseUrl: baseUrl(), fetch: pageFetch };
  const api = new Api(shell);
  const sessionId = sessionOfPath(window.location.pathname, shell.baseUrl);
  const recording = sessionOfPath(window.location.pathname, shell.baseUrl, 'replay');
  const invite = sessionId === null ? null : takeInvite(sessionId);
  cleanAddress();
  const react = createRoot(root);
  const wrong = wrongAddress(window.location, shell.baseUrl, metaOf('arena-host'));
  if (wrong !== null) {
    react.render(<WrongAddressPage {...wrong} />);
    return;
  }
  if (recording !== null) {
    react.render(<WaitingPage text="Opening the recording…" />);
    recordingPage(shell, api, recording).then(
      page => react.render(page),
      (error: unknown) => {
        console.error('The page did not load:', error);
        react.render(<JoinFailedPage reason="broken" />);
      }
    );
    return;
  }
  if (sessionId === null || invite === null) {
    react.render(
      <Lobby api={api} baseUrl={shell.baseUrl} go={path => window.location.assign(path)} />
    );
    return;
  }
  react.render(
    <GuestRoom
      api={api}
      sessionId={sessionId}
      invite={invite}
      tokens={stored(() => localStorage, `arena:${sessionId}`)}
      kept={stored(() => localStorage, `arena:kept:${sessionId}`)}
      open={roomOpener(shell, sessionId)}
    />
  );
}

start();
