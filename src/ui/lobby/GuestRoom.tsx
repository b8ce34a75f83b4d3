/**
 * The stand-alone page of one session. It joins with a token of an earlier visit, with an invite,
 * with a Jupyter login, or, on a server with open access, with the session id alone.
 */
import { useCallback, useEffect, useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../../connection/rest';
import type { Api, Info } from '../../connection/rest';
import type { ArenaSession } from '../../client/session';
import { JoinForm } from './JoinForm';
import { KeptFiles } from './KeptFiles';
import { keepCode, offerCode, offeredCode } from './kept-code';
import { JoinFailedPage, ReplacedPage, WaitingPage } from './StatusPages';
import type { JoinFailure } from './StatusPages';
import type { SecretStore } from './secret-store';
import type { Panel } from '../room/Panel';
import { recordKeys, takeKeys } from '../common/early-keys';
import { useSnapshot } from '../common/hooks';
import { messageOf } from '../common/format';
import { isAllowed } from '../common/may';

/** An open room: its session, the REST calls with the participant's token, and how to close it. */
export interface OpenedRoom {
  session: ArenaSession;
  api: Api;
  Panel: typeof Panel;
  close: () => void;
}

interface GuestRoomProps {
  /** REST calls without a participant's token. */
  api: Api;
  sessionId: string;
  /** The invite's secret, until there is a token that works. */
  invite: SecretStore;
  tokens: SecretStore;
  kept: SecretStore;
  /** Connect with a participant's token. The page closes the room. Rejects when offline. */
  open: (token: string) => Promise<OpenedRoom>;
}

type JoinState =
  /** Asking the server whether it is possible to join without a name. */
  | { step: 'trying' }
  /** The form asks for a name; `error` is the message of the last attempt. */
  | { step: 'asking'; error: string | null; busy: boolean; continues?: boolean }
  | { step: 'opening'; token: string }
  | { step: 'joined'; room: OpenedRoom }
  | { step: 'failed'; reason: JoinFailure };

export function GuestRoom(props: GuestRoomProps): JSX.Element {
  const { api, sessionId, invite, tokens, kept, open } = props;
  const [join, setJoin] = useState<JoinState>(() => initialState(tokens.read(), invite.read()));

  const joinAs = async (userName: string, seat: boolean): Promise<void> => {
    setJoin({ step: 'asking', error: null, busy: true, continues: seat });
    recordKeys();
    try {
      const secret = invite.read();
      const joined = await api.join(
        sessionId,
        secret === null ? { userName } : { userName, invite: secret, ...(seat && { seat }) }
      );
      tokens.write(joined.token);
      invite.write(null);
      setJoin({ step: 'opening', token: joined.token });
    } catch (error) {
      takeKeys();
      setJoin(stateAfter(error));
    }
  };

  useEffect(() => {
    if (join.step !== 'trying') {
      return;
    }
    let shown = true;
    const attempt = async (): Promise<JoinState> => {
      const next = await tryJoin(api, sessionId);
      if (next.step === 'opening') {
        tokens.write(next.token);
      }
      return next;
    };
    attempt().then(
      next => shown && setJoin(next),
      (error: unknown) => shown && setJoin(stateAfter(error))
    );
    return () => {
      shown = false;
    };
  }, [join.step, api, sessionId, tokens]);

  const opening = join.step === 'opening' ? join.token : null;
  useEffect(() => {
    if (opening === null) {
      return;
    }
    recordKeys();
    let shown = true;
    open(opening).then(
      // The page has gone on without this room.
      room => (shown ? setJoin({ step: 'joined', room }) : room.close()),
      (error: unknown) => {
        console.error('The room did not load:', error);
        if (shown) {
          setJoin({ step: 'failed', reason: 'broken' });
        }
      }
    );
    return () => {
      shown = false;
    };
  }, [opening, open]);

  switch (join.step) {
    case 'trying':
    case 'opening':
      return <WaitingPage text="Opening the interview…" />;
    case 'asking':
      return (
        <JoinForm
          busy={join.busy}
          error={join.error}
          mayContinue={invite.read() !== null}
          continues={join.continues ?? false}
          onJoin={(name, seat) => void joinAs(name, seat)}
        />
      );
    case 'joined':
      return (
        <JoinedRoom
          room={join.room}
          kept={kept}
          // The token of an earlier visit works.
          onEntered={() => invite.write(null)}
          onRefused={() => {
            tokens.write(null);
            // Removed, or the session was deleted before its end: there is nothing to keep.
            if (offeredCode(kept) === null) {
              kept.write(null);
            }
            setJoin(initialState(null, invite.read()));
          }}
          onExcluded={reason => {
            tokens.write(null);
            if (offeredCode(kept) === null) {
              kept.write(null);
            }
            setJoin({ step: 'failed', reason });
          }}
        />
      );
    case 'failed':
      return (
        <JoinFailedPage reason={join.reason}>
          {join.reason === 'no-way-in' && invite.read() !== null && (
            <button
              type="button"
              className="arena-button"
              onClick={() => setJoin({ step: 'asking', error: null, busy: false, continues: true })}
            >
              I was here before, on another device
            </button>
          )}
          <Kept store={kept} />
        </JoinFailedPage>
      );
  }
}

/** The candidate's copy of the code, where there is one; `prepare` makes it, and may be repeated. */
function Kept(props: { store: SecretStore; prepare?: () => void }): JSX.Element | null {
  const { store, prepare } = props;
  const [kept, setKept] = useState(() => {
    prepare?.();
    return offeredCode(store);
  });
  return (
    kept && (
      <KeptFiles
        kept={kept}
        onForget={() => {
          store.write(null);
          setKept(null);
        }}
      />
    )
  );
}

function initialState(token: string | null, invite: string | null): JoinState {
  if (token !== null) {
    return { step: 'opening', token };
  }
  return invite === null ? { step: 'trying' } : { step: 'asking', error: null, busy: false };
}

/** Join without token and invite, if the server allows it. Rejects with `ApiError`. */
async function tryJoin(api: Api, sessionId: string): Promise<JoinState> {
  const info = await api.info();
  if (info?.user) {
    const { token } = await api.join(sessionId, { userName: info.user.name });
    return { step: 'opening', token };
  }
  return info?.openAccess
    ? { step: 'asking', error: null, busy: false }
    : { step: 'failed', reason: 'no-way-in' };
}

/** The state after a failed attempt to join. */
function stateAfter(error: unknown): JoinState {
  const status = error instanceof ApiError ? error.status : null;
  switch (status) {
    case 401:
    case 403:
    case 404:
      return { step: 'failed', reason: 'no-way-in' };
    case 409:
    case 410:
      return { step: 'failed', reason: 'ended' };
    default:
      // A name that was refused, or no connection: the form stays, to try again.
      return { step: 'asking', error: messageOf(error), busy: false };
  }
}

/** The room, until the server ends this participant's connection for good. */
function JoinedRoom(props: {
  room: OpenedRoom;
  kept: SecretStore;
  onEntered: () => void;
  onRefused: () => void;
  onExcluded: (reason: 'declined' | 'removed' | 'moved' | 'deleted') => void;
}): JSX.Element {
  const { room, kept, onEntered, onRefused, onExcluded } = props;
  const { Panel } = room;
  useEffect(() => () => room.close(), [room]);

  const snapshot = useSnapshot(room.session);
  const { connection, waiting, state, unsaved } = snapshot;
  const [info, setInfo] = useState<Info | null>(null);
  // Text that only this browser has is offered first.
  const closed = connection.phase === 'closed' && unsaved === null ? connection.reason : null;
  // A token that has opened the room is refused only where the session is no more.
  const deleted = closed === 'refused' && (state !== null || waiting);
  const refused = closed === 'refused' && !deleted;
  const title = state?.title;

  const entered = waiting || state !== null;
  useEffect(() => {
    if (entered) {
      onEntered();
    }
  }, [entered, onEntered]);

  useEffect(() => {
    if (refused) {
      onRefused();
    }
  }, [refused, onRefused]);

  const removed = closed === 'declined' || closed === 'removed' ? closed : null;
  // Only in the waiting room another page of the same guest takes the place of this one.
  const moved = closed === 'replaced' && state !== null ? 'moved' : null;
  const excluded = deleted ? 'deleted' : (removed ?? moved);
  useEffect(() => {
    if (excluded !== null) {
      onExcluded(excluded);
    }
  }, [excluded, onExcluded]);

  const ended = closed === 'ended' || state?.status === 'ended';
  const { session } = room;
  const keep = useCallback(
    (isEnd: boolean): void => {
      const { snapshot: now } = session;
      keepCode(kept, { snapshot: now, text: root => session.text(root).toJSON() }, isEnd);
    },
    [session, kept]
  );
  const atEnd = (): void => {
    keep(true);
    // A page that was opened after the end has an earlier copy.
    offerCode(kept);
  };
  useEffect(() => {
    if (ended) {
      return;
    }
    // The end may come while this page is closed.
    const onHide = (): void => keep(false);
    window.addEventListener('pagehide', onHide);
    return () => window.removeEventListener('pagehide', onHide);
  }, [ended, keep]);

  useEffect(() => {
    document.title = title ? `${title} – Arena` : 'Arena';
  }, [title]);

  // The room opens later, or not at all: these keys were not for it.
  const isOut = waiting || connection.phase === 'closed';
  useEffect(() => {
    if (isOut) {
      takeKeys();
    }
  }, [isOut]);

  const mayInvite = isAllowed(snapshot, 'invite');
  useEffect(() => {
    if (mayInvite) {
      // For the share dialog; without an answer it offers links and shows no hint.
      room.api.info().then(setInfo, () => setInfo(null));
    }
  }, [mayInvite, room]);

  if (closed === 'ended' && state === null) {
    return (
      <JoinFailedPage reason="ended">
        {ended && <Kept store={kept} prepare={atEnd} />}
      </JoinFailedPage>
    );
  }
  if (closed === 'replaced' && state === null) {
    return <ReplacedPage onRetry={() => room.session.retry()} />;
  }
  if (waiting && state === null) {
    return <WaitingPage text="Waiting for the interviewer to let you in…" />;
  }
  return (
    <main className="arena-room">
      {ended && <Kept store={kept} prepare={atEnd} />}
      <Panel
        session={room.session}
        api={room.api}
        mayShare={info?.mayShare ?? true}
        shareHint={info?.shareHint ?? null}
      />
    </main>
  );
}
