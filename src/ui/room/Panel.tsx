/** The room: toolbar, editor, output and people, the same in JupyterLab and on a guest's page. */
import { useEffect, useId, useMemo, useState } from 'react';
import type { JSX } from 'react';

import type { Api } from '../../connection/rest';
import { firstName, languageOf } from '../../session/files';
import type { SessionState } from '../../session/fold';
import { MAIN_FILE } from '../../protocol/wire';
import type { Language, PadFile, Place, Run, User } from '../../protocol/wire';
import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';
import { Editor } from '../editor/Editor';
import { FileTabs } from '../editor/FileTabs';
import type { ErrorMark } from '../editor/error-marker';
import { Output } from '../output/Output';
import type { OutputRoom } from '../output/Output';
import { People } from './People';
import { Question } from '../question/Question';
import { Waiting } from './ParticipantMenu';
import type { Rights } from './ParticipantMenu';
import { Toolbar } from './Toolbar';
import { UnsavedWork } from './UnsavedWork';
import { may, messageOf, useSnapshot } from '../common/hooks';
import { savedState } from '../common/format';

/** Without an `api` there is nobody to invite and nothing to lock: the session has no server. */
export interface PanelProps {
  session: ArenaSession;
  api?: Api | undefined;
  /** Whether the server makes links, and what it says about who can reach them. */
  mayShare?: boolean;
  shareHint?: string | null;
}

const NOBODY: ReadonlyMap<string, User> = new Map();

export function Panel({ session, api, mayShare, shareHint }: PanelProps): JSX.Element {
  const snapshot = useSnapshot(session);
  const { state, me } = snapshot;
  const language = state?.language ?? null;
  const panel = useId();
  const [chosen, setChosen] = useState<string | null>(null);
  // Who has not chosen stays where they began, also when another file becomes the main one.
  if (chosen === null && state !== null) {
    setChosen(state.main);
  }
  const file = state?.files.find(each => each.root === chosen) ?? mainOf(state);
  const root = file?.root ?? MAIN_FILE;
  const mayRun = may(snapshot, 'run');
  const mayWrite = may(snapshot, 'write');

  // What a language needs is fetched while people still read the question, not when they press Run.
  useEffect(() => {
    if (mayRun && language !== null) {
      session.runners[language].prepare();
    }
  }, [session, language, mayRun]);

  const { atRisk, unsaved, connection } = snapshot;
  useEffect(() => {
    if (!atRisk) {
      return;
    }
    const onLeaving = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', onLeaving);
    return () => window.removeEventListener('beforeunload', onLeaving);
  }, [atRisk]);
  const [place, setPlace] = useState<Place | null>(null);
  const latest = state?.runs.at(-1);
  const mark = useMemo(() => markOf(latest), [latest]);
  const goTo = ({ line, column }: Place, name: string, run: Run): void => {
    const there = state && rootOf(state, name, run);
    if (there) {
      setChosen(there);
      // A new object each time: the same place can be asked for again.
      setPlace({ line, column });
    }
  };

  const [problem, setProblem] = useState<string | null>(null);
  const rights: Rights | null =
    api && state && may(snapshot, 'role')
      ? {
          api,
          sessionId: state.id,
          attempt: call => {
            setProblem(null);
            call.catch((error: unknown) => setProblem(messageOf(error)));
          }
        }
      : null;
  const people = state ? [...state.participants.values()].filter(p => state.present.has(p.id)) : [];
  return (
    <div className="arena-panel">
      <Toolbar
        session={session}
        snapshot={snapshot}
        api={api}
        mayShare={mayShare ?? true}
        shareHint={shareHint ?? null}
      />
      <div className="arena-strip">
        <People people={people} me={me} rights={rights} />
        <Saved snapshot={snapshot} />
      </div>
      {rights && state && <Waiting people={state.door.waiting.values()} rights={rights} />}
      {problem !== null && (
        <p role="alert" className="arena-banner arena-banner-problem">
          <span>{problem}</span>
          <button type="button" className="arena-button" onClick={() => setProblem(null)}>
            Dismiss
          </button>
        </p>
      )}
      <Banner session={session} snapshot={snapshot} />
      {unsaved !== null ? (
        <UnsavedWork
          session={session}
          text={unsaved}
          reason={connection.phase === 'closed' ? connection.reason : undefined}
        />
      ) : (
        <div className="arena-work">
          <div className="arena-source">
            {state && (
              <Question
                question={state.question}
                onSave={may(snapshot, 'question') ? text => session.setQuestion(text) : undefined}
              />
            )}
            {state && (
              <FileTabs
                session={session}
                files={state.files}
                main={state.main}
                shown={root}
                onShow={setChosen}
                readOnly={!mayWrite}
                panel={panel}
              />
            )}
            <div role="tabpanel" id={panel} aria-label={file?.name} className="arena-tab-panel">
              <Editor
                code={session.text(root)}
                awareness={session.awareness}
                language={file && state ? languageIn(file, state) : null}
                readOnly={!mayWrite}
                onRun={() => session.run()}
                mark={mark}
                place={place}
              />
            </div>
          </div>
          <Output
            runs={state?.runs ?? []}
            participants={state?.participants ?? NOBODY}
            me={me}
            room={roomOf(session, snapshot, goTo)}
          />
        </div>
      )}
    </div>
  );
}

function mainOf(state: SessionState | null): PadFile | undefined {
  return state?.files.find(each => each.root === state.main);
}

/** The text that a run of this session had by a name: the main file may have another name by now. */
function rootOf({ files, main }: SessionState, name: string, run: Run): string | null {
  const named = files.find(file => file.name === name);
  const isMain = name === (run.main ?? firstName(run.language));
  return named?.root ?? (isMain ? main : null);
}

/** What a file is coloured as: its extension says so, or that it is the one that runs. */
function languageIn(file: PadFile, { main, language }: SessionState): Language | null {
  return languageOf(file.name) ?? (file.root === main ? language : null);
}

/** What the output pane can do in this room. */
function roomOf(
  session: ArenaSession,
  snapshot: SessionSnapshot,
  onGoTo: OutputRoom['onGoTo']
): OutputRoom {
  const { state } = snapshot;
  return {
    input: session.runners[state?.language ?? 'javascript'].input,
    mayRun: may(snapshot, 'run'),
    options: snapshot.runOptions,
    onOptions: options => session.setRunOptions(options),
    onAnswer: text => session.answer(text),
    onRunAgain: run => session.runAgain(run),
    hasFile: (name, run) => state !== null && rootOf(state, name, run) !== null,
    onGoTo
  };
}

/** The error of a run, to be marked in its text. */
function markOf(run: Run | undefined): ErrorMark | null {
  if (!run?.location || !run.error) {
    return null;
  }
  const message = run.error.split('\n').findLast(line => line.trim() !== '') ?? '';
  return { code: run.code, location: run.location, message };
}

/** What became of the typing. No live region: it changes with every key. */
function Saved({ snapshot }: { snapshot: SessionSnapshot }): JSX.Element {
  const { connection, saving, state } = snapshot;
  return (
    <span className="arena-saved" data-state={connection.phase === 'open' ? saving : 'offline'}>
      {state?.status === 'ended' ? 'Ended' : savedState(connection, saving, state !== null)}
    </span>
  );
}

/** What the people in the room should know right now, if anything. */
function Banner(props: { session: ArenaSession; snapshot: SessionSnapshot }): JSX.Element {
  const { session, snapshot } = props;
  const news = newsOf(snapshot);
  return (
    <div role="status" className="arena-banners">
      {news && (
        <p className="arena-banner">
          <span>{news.text}</span>
          {news.retry && (
            <button type="button" className="arena-button" onClick={() => session.retry()}>
              {snapshot.connection.phase === 'closed' ? 'Try again' : 'Try now'}
            </button>
          )}
        </p>
      )}
      {snapshot.notice !== null && (
        <p className="arena-banner arena-banner-problem">
          <span>{snapshot.notice}</span>
          <button type="button" className="arena-button" onClick={() => session.dismissNotice()}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}

const CLOSED_NEWS = {
  refused: 'You are no longer part of this interview.',
  removed: 'The interviewer has removed you from this interview.',
  declined: 'The interviewer declined.',
  ended: 'This interview has ended. Thank you.',
  malformed: 'The connection broke. Reload the page to go on.',
  full: 'The code has grown past what a session can hold. Delete some of it, then try again.',
  left: null
} as const;

const NOT_STORED =
  'The server cannot store right now. Keep this page open: your text is kept in this browser.';

function newsOf(snapshot: SessionSnapshot): { text: string; retry: boolean } | null {
  const { connection, state, me } = snapshot;
  if (connection.phase === 'closed') {
    const text = CLOSED_NEWS[connection.reason];
    return text === null ? null : { text, retry: connection.reason === 'full' };
  }
  if (snapshot.saving === 'not-stored') {
    return { text: NOT_STORED, retry: false };
  }
  if (state === null) {
    return connection.phase === 'offline'
      ? { text: 'The server does not answer. Trying again by itself.', retry: true }
      : null;
  }
  if (connection.phase !== 'open') {
    return {
      text: 'The connection is lost. Typing goes on, and it reconnects by itself.',
      retry: connection.phase === 'offline'
    };
  }
  if (state.status === 'ended') {
    return { text: CLOSED_NEWS.ended, retry: false };
  }
  if (state.status === 'locked') {
    return me?.role === 'interviewer'
      ? { text: 'Locked: candidates can read, not type or run.', retry: false }
      : { text: 'The interviewer has locked the editor. You can read, not type.', retry: false };
  }
  return me?.role === 'observer' ? { text: 'You are watching.', retry: false } : null;
}
