/** The screen of a room, in JupyterLab and on the stand-alone page: toolbar, people, editor, output. */
import { useEffect, useId, useMemo, useState } from 'react';
import type { JSX } from 'react';

import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';
import type { Api } from '../../connection/rest';
import { MAIN_FILE } from '../../protocol/wire';
import type { Language, PadFile, Place, Run, User } from '../../protocol/wire';
import { firstName, languageOf } from '../../session/files';
import type { SessionState } from '../../session/state';
import { messageOf } from '../common/format';
import { useLeaveWarning, useSnapshot } from '../common/hooks';
import { may } from '../common/may';
import { takeKeys } from '../common/early-keys';
import { Editor } from '../editor/Editor';
import type { ErrorMark } from '../editor/error-marker';
import { FileTabs } from '../editor/FileTabs';
import { keptCaret } from '../editor/remembered-places';
import { Output } from '../output/Output';
import type { OutputRoom } from '../output/Output';
import { Question } from '../question/Question';
import { Banner } from './Banner';
import { DeletedFile } from './DeletedFile';
import { loadLater } from './load-later';
import type { ParticipantRequests } from './ParticipantMenu';
import { People } from './People';
import { Toolbar } from './Toolbar';
import { Workspace } from './Workspace';
import type { Pane } from './Workspace';
import { UnsavedWork } from './UnsavedWork';
import { WaitingList } from './WaitingList';

/** A session without a server has no `api`. */
interface PanelProps {
  session: ArenaSession;
  api?: Api | undefined;
  /** Whether the server creates invite links, and its hint about their reach. */
  mayShare?: boolean;
  shareHint?: string | null;
}

const NO_PARTICIPANTS: ReadonlyMap<string, User> = new Map();

export function Panel(props: PanelProps): JSX.Element {
  useLeaveWarning(props.session);
  return <Content {...props} snapshot={useSnapshot(props.session)} />;
}

/**
 * A component of its own: React 18 renders a component for every change of a store if it sets a state
 * of its own while it renders.
 */
function Content(props: PanelProps & { snapshot: SessionSnapshot }): JSX.Element {
  const { session, api, mayShare, shareHint, snapshot } = props;
  const { state, me } = snapshot;
  const language = state?.language ?? null;
  const panel = useId();
  const [chosen, setChosen] = useState<string | null>(null);
  // The first main file stays in the editor when another file becomes the main one.
  if (chosen === null && state !== null) {
    const kept = keptCaret(state.id)?.root;
    setChosen(state.files.some(each => each.root === kept) ? (kept ?? null) : state.main);
  }
  const main = mainOf(state);
  const file = state?.files.find(each => each.root === chosen);
  // A file that somebody deletes stays in the editor of those who are in it, read-only.
  const isDeleted = state !== null && chosen !== null && file === undefined;
  const root = chosen ?? main?.root ?? MAIN_FILE;
  const [shownName, setShownName] = useState('');
  if (file && file.name !== shownName) {
    setShownName(file.name);
  }
  const mayRun = may(snapshot, 'run');
  const mayWrite = may(snapshot, 'write');

  const hasState = state !== null;
  const isOpen = snapshot.connection.phase === 'open';
  // Load the language's runtime ahead of the first run, after the rest of the room; again after the
  // connection was lost, where that has failed.
  useEffect(() => {
    if (!hasState || !isOpen) {
      return;
    }
    let wanted = mayRun && language !== null;
    void loadLater().then(() => wanted && language && session.runners[language].prepare());
    return () => {
      wanted = false;
    };
  }, [session, language, mayRun, hasState, isOpen]);

  useEffect(() => {
    if (hasState && !mayWrite) {
      takeKeys(); // those that were typed too early have no place to go
    }
  }, [hasState, mayWrite]);

  const { unsaved, connection } = snapshot;
  const [place, setPlace] = useState<Place | null>(null);
  const latest = state?.runs.at(-1);
  const mark = useMemo(() => markOf(latest), [latest]);
  const goTo = ({ line, column }: Place, there: string): void => {
    setChosen(there);
    setPane('code');
    // A new object each time, so that the editor goes to the same place again.
    setPlace({ line, column });
  };

  // On a small screen, an own run shows its output at once.
  const [pane, setPane] = useState<Pane>('code');
  const [ownRun, setOwnRun] = useState(snapshot.run);
  if (ownRun !== snapshot.run) {
    setOwnRun(snapshot.run);
    if (snapshot.run !== null) {
      setPane('output');
    }
  }

  const [error, setError] = useState<string | null>(null);
  const requests: ParticipantRequests | null =
    api && state
      ? {
          api,
          sessionId: state.id,
          attempt: call => {
            setError(null);
            call.catch((reason: unknown) => setError(messageOf(reason)));
          }
        }
      : null;
  const mayChangeRole = may(snapshot, 'role');
  const mayRemove = may(snapshot, 'remove');
  const menu =
    requests && (mayChangeRole || mayRemove) ? { requests, mayChangeRole, mayRemove } : null;
  const people = state ? [...state.participants.values()].filter(p => state.present.has(p.id)) : [];
  return (
    <div className="arena-panel">
      <Toolbar
        session={session}
        snapshot={snapshot}
        api={api}
        mayShare={mayShare ?? true}
        shareHint={shareHint ?? null}
        people={
          <People
            people={people}
            me={me}
            menu={menu}
            onName={may(snapshot, 'name') ? name => session.changeName(name) : undefined}
          />
        }
      />
      {requests && state && may(snapshot, 'admit') && (
        <WaitingList people={state.waitingRoom.waiting.values()} requests={requests} />
      )}
      {error !== null && (
        <p role="alert" className="arena-banner arena-banner-error">
          <span>{error}</span>
          <button type="button" className="arena-button" onClick={() => setError(null)}>
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
        <Workspace
          shown={pane}
          onShow={setPane}
          change={latest ? `${latest.id} ${latest.status} ${latest.asks ?? ''}` : ''}
          hasQuestion={(state?.question ?? '').trim() !== ''}
          question={
            state && (
              <Question
                question={state.question}
                onSave={may(snapshot, 'question') ? text => session.setQuestion(text) : undefined}
              />
            )
          }
          code={
            <>
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
              {isDeleted && main && (
                <DeletedFile
                  key={root}
                  name={shownName}
                  text={() => session.text(root).toJSON()}
                  main={main.name}
                  onLeave={() => setChosen(main.root)}
                />
              )}
              <div role="tabpanel" id={panel} aria-label={shownName} className="arena-tab-panel">
                <Editor
                  sessionId={state?.id ?? null}
                  code={session.text(root)}
                  awareness={session.awareness}
                  language={file && state ? languageIn(file, state) : null}
                  readOnly={!mayWrite || isDeleted}
                  onRun={() => session.run()}
                  mark={mark}
                  place={place}
                />
              </div>
            </>
          }
          output={
            <Output
              runs={state?.runs ?? []}
              participants={state?.participants ?? NO_PARTICIPANTS}
              me={me}
              room={roomOf(session, snapshot, goTo)}
            />
          }
        />
      )}
    </div>
  );
}

function mainOf(state: SessionState | null): PadFile | undefined {
  return state?.files.find(each => each.root === state.main);
}

/** The root of the file that was called `name` in a run; the main file is found after a renaming, too. */
function rootOf({ files, main }: SessionState, name: string, run: Run): string | null {
  const named = files.find(file => file.name === name);
  const isMain = name === (run.main ?? firstName(run.language));
  return named?.root ?? (isMain ? main : null);
}

/** The language of a file, by its extension; without one, the main file has the session's language. */
function languageIn(file: PadFile, { main, language }: SessionState): Language | null {
  return languageOf(file.name) ?? (file.root === main ? language : null);
}

/** The actions and data of a live room, for the output. */
function roomOf(
  session: ArenaSession,
  snapshot: SessionSnapshot,
  onGoTo: OutputRoom['onGoTo']
): OutputRoom {
  const { state } = snapshot;
  return {
    input: session.runners[state?.language ?? 'javascript'].input,
    runnerOf: language => session.runners[language],
    mayRun: may(snapshot, 'run'),
    options: snapshot.runOptions,
    onOptions: options => session.setRunOptions(options),
    onAnswer: text => session.answer(text),
    onRunAgain: run => session.runAgain(run),
    pad: snapshot.pad,
    rootOf: (name, run) => state && rootOf(state, name, run),
    onGoTo
  };
}

/** The error of a run, for the editor to mark. */
function markOf(run: Run | undefined): ErrorMark | null {
  if (!run?.location || !run.error) {
    return null;
  }
  const message = run.error.split('\n').findLast(line => line.trim() !== '') ?? '';
  return { code: run.code, location: run.location, message };
}
