/** A person's own sessions: open one, hand on its link, take it away, end it, delete it. */
import { useCallback, useEffect, useState } from 'react';
import type { JSX, ReactNode } from 'react';

import { LANGUAGE_NAMES } from '../../protocol/languages';
import type { Api } from '../../connection/rest';
import type { Language, Session, SessionStatus } from '../../protocol/wire';
import { Confirm } from '../common/Confirm';
import { DownloadItems, ImportButton } from '../common/DownloadMenu';
import { LinkField, copyText } from '../common/LinkField';
import { Menu } from '../common/Menu';
import { ErrorMessage } from '../common/ErrorMessage';
import { messageOf } from '../common/hooks';
import { dayAndTime, titleOf } from '../common/format';

const STATUS_NAMES: Readonly<Record<SessionStatus, string>> = {
  open: 'Open',
  locked: 'Locked',
  ended: 'Ended'
};

/** The caller's own sessions, newest first. `mayShare` says whether links can be made. */
export function SessionList(props: {
  api: Api;
  mayShare: boolean;
  onOpen: (session: Session) => void;
  /** Watch its recording. */
  onWatch: (session: Session) => void;
}): JSX.Element {
  const { api } = props;
  const [sessions, setSessions] = useState<readonly Session[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [ending, setEnding] = useState<Session | null>(null);
  const [deleting, setDeleting] = useState<Session | null>(null);

  const load = useCallback(
    () =>
      api.listSessions().then(
        list => {
          setSessions([...list].sort((a, b) => b.createdAt.localeCompare(a.createdAt)));
          setError(null);
        },
        (reason: unknown) => setError(messageOf(reason))
      ),
    [api]
  );
  useEffect(() => void load(), [load]);

  const change = async (made: Promise<unknown>): Promise<void> => {
    try {
      await made;
      await load();
    } catch (reason) {
      setError(messageOf(reason));
    }
  };

  return (
    <section className="arena-sessions" aria-label="Your interviews">
      <div className="arena-sessions-head">
        <h2>Your interviews</h2>
        <span className="arena-session-do">
          <ImportButton
            api={api}
            onProblem={setError}
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
      <ErrorMessage text={error} />
      {sessions?.length === 0 && <p className="arena-empty">None yet. Create the first one.</p>}
      <ul>
        {sessions?.map(session => (
          <SessionRow
            key={session.id}
            session={session}
            api={api}
            mayShare={props.mayShare}
            onOpen={() => props.onOpen(session)}
            onWatch={() => props.onWatch(session)}
            onEnd={() => setEnding(session)}
            onDelete={() => setDeleting(session)}
          />
        ))}
      </ul>
      {ending && (
        <Confirm
          title="End this interview?"
          text="Nobody can type or run code in it any more. What was written stays readable."
          action="End interview"
          onConfirm={() => void change(api.updateSession(ending.id, { ended: true }))}
          onClose={() => setEnding(null)}
        />
      )}
      {deleting && (
        <Confirm
          title={`Delete “${titleOf(deleting.title)}”?`}
          text="Its text and all that was recorded will be gone from the server, for everybody. Download it first if it may be needed."
          action="Delete"
          onConfirm={() => void change(api.deleteSession(deleting.id))}
          onClose={() => setDeleting(null)}
        />
      )}
    </section>
  );
}

function SessionRow(props: {
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
    <SessionLine
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
      <button
        type="button"
        className="arena-button"
        aria-label={`Watch ${title}`}
        onClick={props.onWatch}
      >
        Watch
      </button>
      <Menu label="Download" name={`Download ${title}`}>
        <DownloadItems api={api} sessionId={session.id} onProblem={setError} />
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
          <button
            type="button"
            className="arena-button"
            aria-label={`End ${title}`}
            onClick={props.onEnd}
          >
            End
          </button>
        </>
      )}
      <button
        type="button"
        className="arena-button"
        aria-label={`Delete ${title}`}
        onClick={props.onDelete}
      >
        Delete
      </button>
    </SessionLine>
  );
}

/** One interview of a list: which it is, and after Open what else can be done with it. */
export function SessionLine(props: {
  session: { title: string; language: Language; createdAt: string };
  status?: string;
  onOpen: () => void;
  children: ReactNode;
  below?: ReactNode;
}): JSX.Element {
  const { language, createdAt } = props.session;
  const title = titleOf(props.session.title);
  const facts = [LANGUAGE_NAMES[language], dayAndTime(createdAt), props.status];
  return (
    <li>
      <div className="arena-session-what">
        <button type="button" className="arena-plain arena-session-title" onClick={props.onOpen}>
          {title}
        </button>
        <small>{facts.filter(fact => fact !== undefined).join(' · ')}</small>
      </div>
      <div className="arena-session-do">
        <button
          type="button"
          className="arena-button"
          aria-label={`Open ${title}`}
          onClick={props.onOpen}
        >
          Open
        </button>
        {props.children}
      </div>
      {props.below}
    </li>
  );
}
