/** Pages that stand in for a room: while it opens, and where it cannot be joined or has ended. */
import type { JSX, ReactNode } from 'react';

import type { WrongAddress } from '../common/server-address';

/** Why a page cannot show the room. */
export type JoinFailure =
  'no-way-in' | 'declined' | 'removed' | 'moved' | 'deleted' | 'ended' | 'broken';

const JOIN_FAILURES: Readonly<Record<JoinFailure, { title: string; text: string }>> = {
  'no-way-in': {
    title: 'This link does not work.',
    text: 'Ask your interviewer for a new one.'
  },
  declined: {
    title: 'The interviewer declined.',
    text: 'You were not let in. If that was a mistake, ask your interviewer.'
  },
  removed: {
    title: 'You were removed from this interview.',
    text: 'The interviewer has ended your part in it. You can close this page.'
  },
  moved: {
    title: 'You continue on another device.',
    text: 'To come back here, open the link again. If that was not you, tell your interviewer.'
  },
  deleted: {
    title: 'This interview was deleted.',
    text: 'The server has nothing of it any more. You can close this page.'
  },
  ended: {
    title: 'This interview has ended.',
    text: 'Thank you. You can close this page.'
  },
  broken: {
    title: 'Something went wrong on the way in.',
    text: 'Reload the page. If that does not help, tell your interviewer.'
  }
};

/** `children` are offers that the page makes all the same. */
export function JoinFailedPage(props: { reason: JoinFailure; children?: ReactNode }): JSX.Element {
  const { title, text } = JOIN_FAILURES[props.reason];
  return (
    <main className="arena-page arena-join">
      <div className="arena-card" role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      {props.children}
    </main>
  );
}

const PARTS = {
  path: {
    name: 'path',
    remedy: 'start it with',
    setting: (here: string) => `--base-url=${here}`
  },
  host: {
    name: 'host name',
    remedy: 'let the proxy pass on the host name; in nginx:',
    setting: () => 'proxy_set_header Host $http_host;'
  }
};

/** The server is behind a proxy that changes addresses: nothing would work, so it says what to set. */
export function WrongAddressPage({ part, here, server }: WrongAddress): JSX.Element {
  const { name, remedy, setting } = PARTS[part];
  return (
    <main className="arena-page arena-join">
      <div className="arena-card" role="alert">
        <h1>This server is set up for another address.</h1>
        <p>
          The {name} of this page is <code>{here}</code>, but the server was asked for{' '}
          <code>{server}</code>. If you came by a link, tell your interviewer.
        </p>
        <p>
          If you run the server: {remedy} <code>{setting(here)}</code>
        </p>
      </div>
    </main>
  );
}

/** `text` names the thing that the page waits for. */
export function WaitingPage({ text }: { text: string }): JSX.Element {
  return (
    <main className="arena-page arena-join">
      <p role="status" className="arena-note">
        {text}
      </p>
    </main>
  );
}

/** Another page of this guest waits in the place of this one. */
export function ReplacedPage({ onRetry }: { onRetry: () => void }): JSX.Element {
  return (
    <main className="arena-page arena-join">
      <div className="arena-card" role="alert">
        <h1>You are waiting in another window.</h1>
        <button type="button" className="arena-button arena-primary" onClick={onRetry}>
          Wait here instead
        </button>
      </div>
    </main>
  );
}
