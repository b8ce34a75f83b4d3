/** The list of the caller's own sessions on the server: open, watch, download, share, end, delete. */
import { useCallback, useState } from 'react';
import type { JSX } from 'react';

import type { Api } from '../../connection/rest';
import type { Session, SessionStatus } from '../../protocol/wire';
import { copyText } from '../common/clipboard';
import { DownloadItems } from '../common/DownloadItems';
import { ErrorMessage } from '../common/ErrorMessage';
import { messageOf, titleOf } from '../common/format';
import { LinkField } from '../common/LinkField';
import { Menu } from '../common/Menu';
import { ImportButton } from './ImportButton';
import { ConfirmButton, RowButton, SessionRow, SessionSection } from './SessionRows';
import { useSessionList } from './use-session-list';

const STATUS_NAMES: Readonly<Record<SessionStatus, string>> = {
  open: 'Open',
  locked: 'Locked',
  ended: 'Ended'
};

/** The newest session is first. `mayShare` says whether the server creates invite links. */
export function SessionList(props: {
  api: Api;
  mayShare: boolean;
  onOpen: (session: Session) => void;
  /** Watch the session's recording. */
  onWatch: (session: Session) => void;
}): JSX.Element {
  const { api } = props;
  const newestFirst = useCallback(async () => {
    const sessions = await api.listSessions();
    return [...sessions].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }, [api]);
  const { sessions, error, setError, load, change } = useSessionList(newestFirst);

  return (
    <SessionSection
      label="Your interviews"
      sessions={sessions}
      error={error}
      head={
        <div className="arena-sessions-head">
          <h2>Your interviews</h2>
          <span className="arena-session-actions">
            <ImportButton
              api={api}
              onError={setError}
              onImported={session => {
                void load();
                props.onWatch(session);
              }}
            />
            <button type="button" className="arena-button" onClick={() => void load()}>
              Refresh
            </button>
          </span>
        </div>
      }
      row={session => (
        <OwnSession
          key={session.id}
          session={session}
          api={api}
          mayShare={props.mayShare}
          onOpen={() => props.onOpen(session)}
          onWatch={() => props.onWatch(session)}
          onEnd={() => void change(api.updateSession(session.id, { ended: true }))}
          onDelete={() => void change(api.deleteSession(session.id))}
        />
      )}
    />
  );
}

function OwnSession(props: {
  session: Session;
  api: Api;
  mayShare: boolean;
  onOpen: () => void;
  onWatch: () => void;
  onEnd: () => void;
  onDelete: () => void;
}): JSX.Element {
  const { session, api } = props;
  const [link, setLink] = useState<{ url: string; copied: boolean } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const title = titleOf(session.title);

  const onCopyLink = async (): Promise<void> => {
    setError(null);
    try {
      const invite = await api.createInvite(session.id, { role: 'candidate' });
      const url = new URL(invite.url, window.location.href).href;
      setLink({ url, copied: await copyText(url) });
    } catch (reason) {
      setError(messageOf(reason));
    }
  };

  return (
    <SessionRow
      session={session}
      status={STATUS_NAMES[session.status]}
      onOpen={props.onOpen}
      below={
        <>
          {link && (
            <LinkField key={link.url} label="Candidate link" link={link.url} copied={link.copied} />
          )}
          <ErrorMessage text={error} />
        </>
      }
    >
      <RowButton verb="Watch" title={title} onClick={props.onWatch} />
      <Menu label="Download" name={`Download ${title}`}>
        <DownloadItems api={api} sessionId={session.id} onError={setError} />
      </Menu>
      {session.status !== 'ended' && (
        <>
          {props.mayShare && (
            <button
              type="button"
              className="arena-button"
              aria-label={`Copy a candidate link for ${title}`}
              onClick={() => void onCopyLink()}
            >
              Copy link
            </button>
          )}
          <ConfirmButton
            verb="End"
            title={title}
            question="End this interview?"
            text="Nobody can type or run code in it any more. What was written stays readable."
            action="End interview"
            onConfirm={props.onEnd}
          />
        </>
      )}
      <ConfirmButton
        verb="Delete"
        title={title}
        question={`Delete “${title}”?`}
        text="Its text and all that was recorded will be gone from the server, for everybody. Download it first if it may be needed."
        action="Delete"
        onConfirm={props.onDelete}
      />
    </SessionRow>
  );
}
