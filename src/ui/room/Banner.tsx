/** The banners over the editor: the state of the connection and the session, and the last notice. */
import { useState } from 'react';
import type { JSX } from 'react';

import { RETRIABLE } from '../../connection/connection';
import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';
import { asSentence } from '../common/format';
import { isAllowed } from '../common/may';
import { CLOSE_MESSAGES } from './close-messages';

export function Banner(props: { session: ArenaSession; snapshot: SessionSnapshot }): JSX.Element {
  const { session, snapshot } = props;
  const status = statusOf(snapshot);
  const { connection } = snapshot;
  const blocked = connection.phase === 'open' && connection.blocked === true;
  const [readBlocked, setReadBlocked] = useState(false);
  return (
    <div role="status" className="arena-banners">
      {blocked && !readBlocked && (
        <p className="arena-banner">
          <span>{BLOCKED}</span>
          <button type="button" className="arena-button" onClick={() => setReadBlocked(true)}>
            Dismiss
          </button>
        </p>
      )}
      {status && (
        <p className="arena-banner">
          <span>{status.text}</span>
          {status.retry && (
            <button type="button" className="arena-button" onClick={() => session.retry()}>
              {connection.phase === 'closed' ? 'Try again' : 'Try now'}
            </button>
          )}
        </p>
      )}
      {snapshot.notice !== null && (
        <p className="arena-banner arena-banner-error">
          <span>{asSentence(snapshot.notice)}</span>
          <button type="button" className="arena-button" onClick={() => session.dismissNotice()}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}

const BLOCKED =
  'This network blocks WebSockets. Arena goes on over HTTPS; your IT department can allow them.';
const NOT_STORED =
  'The server cannot store right now. Keep this page open: your text is kept in this browser.';

const NO_ANSWER = 'The server does not answer. Trying again by itself.';
const NO_PLACE = 'There is no place at the moment. Trying again by itself.';

/** The text of the banner, and whether it offers to connect again; null for no banner. */
function statusOf(snapshot: SessionSnapshot): { text: string; retry: boolean } | null {
  const { connection, state, me } = snapshot;
  if (connection.phase === 'closed') {
    const text = CLOSE_MESSAGES[connection.reason].banner;
    return text === null ? null : { text, retry: RETRIABLE.includes(connection.reason) };
  }
  if (snapshot.saving === 'not-stored') {
    return { text: NOT_STORED, retry: false };
  }
  if (state === null) {
    return connection.phase === 'offline'
      ? { text: connection.busy ? NO_PLACE : NO_ANSWER, retry: true }
      : null;
  }
  if (connection.phase !== 'open') {
    return {
      text: 'The connection is lost. Typing goes on, and it reconnects by itself.',
      retry: connection.phase === 'offline'
    };
  }
  if (state.status === 'ended') {
    return { text: CLOSE_MESSAGES.ended.banner, retry: false };
  }
  const mayWrite = isAllowed(snapshot, 'write');
  if (state.status === 'locked') {
    return mayWrite
      ? { text: 'Locked: candidates can read, not type or run.', retry: false }
      : { text: 'The interviewer has locked the editor. You can read, not type.', retry: false };
  }
  return me !== null && !mayWrite ? { text: 'You are watching.', retry: false } : null;
}
