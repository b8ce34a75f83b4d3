/** The toolbar of a room: title, language, Run or Stop, and the interviewers' actions. */
import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Runner } from '../../client/runner';
import type { ArenaSession } from '../../client/session';
import type { SessionSnapshot } from '../../client/snapshot';
import type { Api } from '../../connection/rest';
import { Confirm } from '../common/Confirm';
import { DownloadItems } from '../common/DownloadItems';
import { ErrorMessage } from '../common/ErrorMessage';
import { RUN_KEYS, loadingText, messageOf, titleOf } from '../common/format';
import { useRunner } from '../common/hooks';
import { LanguageSelect } from '../common/LanguageSelect';
import { isAllowed, may } from '../common/may';
import { Menu } from '../common/Menu';
import { Saved } from './Saved';
import { ShareDialog } from './ShareDialog';

interface ToolbarProps {
  session: ArenaSession;
  snapshot: SessionSnapshot;
  api: Api | undefined;
  mayShare: boolean;
  shareHint: string | null;
  people: ReactNode;
}

export function Toolbar(props: ToolbarProps): JSX.Element {
  const { session, snapshot, api } = props;
  const { state } = snapshot;
  const language = state?.language ?? 'javascript';
  return (
    <header className="arena-toolbar">
      <h2 className="arena-title" title={titleOf(state?.title)}>
        {titleOf(state?.title)}
      </h2>
      <LanguageSelect
        label="Language"
        value={language}
        disabled={!may(snapshot, 'language')}
        onChange={chosen => session.setLanguage(chosen)}
      />
      <RunButton session={session} running={snapshot.run !== null} mayRun={may(snapshot, 'run')} />
      <Loading runner={session.runners[language]} />
      {props.people}
      <Saved session={session} snapshot={snapshot} />
      {api && state !== null && isAllowed(snapshot, 'recording') && (
        <SessionActions
          api={api}
          sessionId={state.id}
          snapshot={snapshot}
          locked={state.status === 'locked'}
          askToEnter={state.waitingRoom.askToEnter}
          mayShare={props.mayShare}
          shareHint={props.shareHint}
        />
      )}
    </header>
  );
}

/** One button for Run and Stop, so that it keeps the focus. */
function RunButton(props: {
  session: ArenaSession;
  running: boolean;
  mayRun: boolean;
}): JSX.Element {
  const { session, running } = props;
  return (
    <button
      type="button"
      className={`arena-button ${running ? 'arena-stop' : 'arena-primary'} arena-run`}
      disabled={!running && !props.mayRun}
      title={running ? 'Stop this run' : `Run (${RUN_KEYS})`}
      onClick={() => (running ? session.stop() : session.run())}
    >
      <span aria-hidden="true" className={running ? 'arena-icon-stop' : 'arena-icon-run'} />
      {running ? 'Stop' : 'Run'}
    </button>
  );
}

/** The progress of a runner that is loading, or the error of one that failed to load. */
function Loading({ runner }: { runner: Runner }): JSX.Element | null {
  const state = useRunner(runner);
  if (state.phase === 'loading') {
    return (
      <span className="arena-loading">
        {loadingText(state)}
        <progress aria-label={state.label} value={state.progress ?? undefined} />
      </span>
    );
  }
  if (state.phase === 'failed') {
    return (
      <span role="alert" className="arena-error-message">
        {state.message}{' '}
        <button type="button" className="arena-button" onClick={() => runner.prepare()}>
          Try again
        </button>
      </span>
    );
  }
  return null;
}

/**
 * Share, lock, download and end, each where the access table allows it. The server checks again.
 */
function SessionActions(props: {
  api: Api;
  sessionId: string;
  snapshot: SessionSnapshot;
  locked: boolean;
  askToEnter: boolean;
  mayShare: boolean;
  shareHint: string | null;
}): JSX.Element {
  const { api, sessionId, snapshot, locked, askToEnter } = props;
  const [dialog, setDialog] = useState<'share' | 'end' | null>(null);
  const [error, setError] = useState<string | null>(null);

  const change = async (fields: Parameters<Api['updateSession']>[1]): Promise<void> => {
    setError(null);
    try {
      await api.updateSession(sessionId, fields);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };

  return (
    <div className="arena-actions">
      <ErrorMessage text={error} />
      {isAllowed(snapshot, 'invite') && (
        <button type="button" className="arena-button" onClick={() => setDialog('share')}>
          Share
        </button>
      )}
      <Menu label="Session">
        {isAllowed(snapshot, 'lock') && (
          <button type="button" onClick={() => void change({ locked: !locked })}>
            {locked ? 'Unlock' : 'Lock for candidates'}
          </button>
        )}
        {isAllowed(snapshot, 'admit') && (
          <button
            type="button"
            aria-pressed={askToEnter}
            onClick={() => void change({ askToEnter: !askToEnter })}
          >
            Ask before letting people in
          </button>
        )}
        <DownloadItems api={api} sessionId={sessionId} onError={setError} />
        {isAllowed(snapshot, 'end') && (
          <button type="button" onClick={() => setDialog('end')}>
            End session…
          </button>
        )}
      </Menu>
      {dialog === 'share' && (
        <ShareDialog
          api={api}
          sessionId={sessionId}
          mayShare={props.mayShare}
          hint={props.shareHint}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'end' && (
        <Confirm
          title="End this session?"
          text="Nobody can type or run code in it any more. What was written stays readable."
          action="End session"
          onConfirm={() => void change({ ended: true })}
          onClose={() => setDialog(null)}
        />
      )}
    </div>
  );
}
