/**
 * A stand-alone page's way into one session: by a token kept from before, by an invite, by a
 * Jupyter login, or by an id alone where the server is open to all.
 */
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../../connection/rest';
import type { Api, Info } from '../../connection/rest';
import type { ArenaSession } from '../../client/session';
import { JoinFailedPage, JoinForm, WaitingPage } from './JoinForm';
import type { JoinFailure } from './JoinForm';
import type { Panel } from '../room/Panel';
import { messageOf, useSnapshot } from '../common/hooks';

/** Where a browser keeps a participant's token for one session. */
export interface TokenStore {
  read(): string | null;
  write(token: string | null): void;
}

/** An open room: the session, the REST calls in that participant's name, and how to leave. */
export interface OpenedRoom {
  session: ArenaSession;
  api: Api;
  Panel: typeof Panel;
  close: () => void;
}

export interface GuestRoomProps {
  /** REST calls without a participant's token. */
  api: Api;
  sessionId: string;
  invite: string | null;
  tokens: TokenStore;
  /** Connect with a participant's token; whoever opens a room closes it. Rejects when offline. */
  open: (token: string) => Promise<OpenedRoom>;
}

type JoinState =
  /** Finding out whether there is a way in that needs no name. */
  | { step: 'looking' }
  | { step: 'asking'; problem: string | null; busy: boolean }
  | { step: 'opening'; token: string }
  | { step: 'inside'; room: OpenedRoom }
  | { step: 'failed'; reason: JoinFailure };

export function GuestRoom(props: GuestRoomProps): JSX.Element {
  const { api, sessionId, invite, tokens, open } = props;
  const [join, setJoin] = useState<JoinState>(() => start(tokens.read(), invite));

  const enter = async (userName: string): Promise<void> => {
    setJoin({ step: 'asking', problem: null, busy: true });
    try {
      const joined = await api.join(
        sessionId,
        invite === null ? { userName } : { userName, invite }
      );
      tokens.write(joined.token);
      setJoin({ step: 'opening', token: joined.token });
    } catch (error) {
      setJoin(refusal(error));
    }
  };

  useEffect(() => {
    if (join.step !== 'looking') {
      return;
    }
    let shown = true;
    const look = async (): Promise<JoinState> => {
      const next = await tryJoin(api, sessionId);
      if (next.step === 'opening') {
        tokens.write(next.token);
      }
      return next;
    };
    look().then(
      next => shown && setJoin(next),
      (error: unknown) => shown && setJoin(refusal(error))
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
    let shown = true;
    open(opening).then(
      // Nobody waits for it any more: leave at once.
      room => (shown ? setJoin({ step: 'inside', room }) : room.close()),
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
    case 'looking':
    case 'opening':
      return <WaitingPage text="Opening the interview…" />;
    case 'asking':
      return <JoinForm busy={join.busy} problem={join.problem} onJoin={name => void enter(name)} />;
    case 'inside':
      return (
        <JoinedRoom
          room={join.room}
          onRefused={() => {
            tokens.write(null);
            setJoin(start(null, invite));
          }}
          onTurnedAway={reason => {
            tokens.write(null);
            setJoin({ step: 'failed', reason });
          }}
        />
      );
    case 'failed':
      return <JoinFailedPage reason={join.reason} />;
  }
}

function start(token: string | null, invite: string | null): JoinState {
  if (token !== null) {
    return { step: 'opening', token };
  }
  return invite === null ? { step: 'looking' } : { step: 'asking', problem: null, busy: false };
}

/** The way in for somebody without token and invite. Rejects with `ApiError`. */
async function tryJoin(api: Api, sessionId: string): Promise<JoinState> {
  const info = await api.info();
  if (info?.user) {
    const { token } = await api.join(sessionId, { userName: info.user.name });
    return { step: 'opening', token };
  }
  return info?.openAccess
    ? { step: 'asking', problem: null, busy: false }
    : { step: 'failed', reason: 'no-way-in' };
}

/** What an answer of the server means for somebody who wants in. */
function refusal(error: unknown): JoinState {
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
      // A bad name, or no connection: the form is the place to try again.
      return { step: 'asking', problem: messageOf(error), busy: false };
  }
}

/** The room itself, for as long as the server lets this participant in. */
function JoinedRoom(props: {
  room: OpenedRoom;
  onRefused: () => void;
  onTurnedAway: (reason: 'declined' | 'removed') => void;
}): JSX.Element {
  const { room, onRefused, onTurnedAway } = props;
  const { Panel } = room;
  useEffect(() => () => room.close(), [room]);

  const { connection, waiting, state, me, unsaved } = useSnapshot(room.session);
  const [info, setInfo] = useState<Info | null>(null);
  // Before somebody is sent away, they get what only this browser has.
  const dismissed = connection.phase === 'closed' && unsaved === null ? connection.reason : null;
  const refused = dismissed === 'refused';
  const title = state?.title;

  useEffect(() => {
    if (refused) {
      onRefused();
    }
  }, [refused, onRefused]);

  const turnedAway = dismissed === 'declined' || dismissed === 'removed' ? dismissed : null;
  useEffect(() => {
    if (turnedAway !== null) {
      onTurnedAway(turnedAway);
    }
  }, [turnedAway, onTurnedAway]);

  useEffect(() => {
    document.title = title ? `${title} – Arena` : 'Arena';
  }, [title]);

  const interviews = me?.role === 'interviewer';
  useEffect(() => {
    if (interviews) {
      // Only the share dialog wants it; without an answer it makes links and gives no hint.
      room.api.info().then(setInfo, () => setInfo(null));
    }
  }, [interviews, room]);

  if (dismissed === 'ended' && state === null) {
    return <JoinFailedPage reason="ended" />;
  }
  if (waiting && state === null) {
    return <WaitingPage text="Waiting for the interviewer to let you in…" />;
  }
  return (
    <main className="arena-room">
      <Panel
        session={room.session}
        api={room.api}
        mayShare={info?.mayShare ?? true}
        shareHint={info?.shareHint ?? null}
      />
    </main>
  );
}
