/**
 * What a screen shows of a session.
 */
import type * as Y from 'yjs';
import type { ConnectionStatus } from '../connection/connection';
import type { SessionState } from '../session/state';
import type { RunOptions } from './run-controller';
import type { User } from '../protocol/wire';

/** What to show; the same object until something changed. */
export interface SessionSnapshot {
  connection: ConnectionStatus;
  /**
   * `saved` only when the server has stored everything; `not-stored` while it says that it cannot;
   * `local` where there is no server.
   */
  saving: 'saved' | 'saving' | 'offline' | 'not-stored' | 'local';
  /** Whether closing the page now would lose what was typed: this browser keeps no drafts. */
  atRisk: boolean;
  /** Once the session is gone: the text that it did not get, for copying; else null. */
  unsaved: string | null;
  /** Whether we wait for an interviewer to let us in; until then there is nothing else to know. */
  waiting: boolean;
  me: User | null;
  state: SessionState | null;
  /** The shared text: another document once it had to be replaced. */
  pad: Y.Doc;
  /** Our own run in progress. */
  run: { id: string } | null;
  /** How our next run is to be. */
  runOptions: RunOptions;
  /** The last thing that went wrong, for people. */
  notice: string | null;
}

/** Whether `one` shows what `other` does. */
export function sameSnapshot(one: SessionSnapshot, other: SessionSnapshot): boolean {
  return (Object.keys(one) as (keyof SessionSnapshot)[]).every(key => one[key] === other[key]);
}
