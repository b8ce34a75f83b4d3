/** Session snapshot: all session data for a screen, as one immutable object. */
import type * as Y from 'yjs';
import type { ConnectionStatus } from '../connection/connection';
import type { SessionState } from '../session/state';
import type { RunOptions } from './run-controller';
import type { User } from '../protocol/wire';

/** The same object until something changed. */
export interface SessionSnapshot {
  connection: ConnectionStatus;
  /**
   * `saved` only when the server has stored everything; `not-stored` while it says that it cannot;
   * `local` where there is no server.
   */
  saving: 'saved' | 'saving' | 'offline' | 'not-stored' | 'local';
  /** Whether closing the page now would lose typed text: this browser keeps no drafts. */
  atRisk: boolean;
  /** After the end of the session: the text that it did not take, for copying; else null. */
  unsaved: string | null;
  /** Whether we wait for admission by an interviewer; until then nothing else is known. */
  waiting: boolean;
  me: User | null;
  state: SessionState | null;
  /** The shared text: another document once it had to be replaced. */
  pad: Y.Doc;
  /** Our own run in progress. */
  run: { id: string } | null;
  /** The options of our next run. */
  runOptions: RunOptions;
  /** The last thing that went wrong, for people. */
  notice: string | null;
}

/** Whether `one` looks the same as `other` on the screen. */
export function sameSnapshot(one: SessionSnapshot, other: SessionSnapshot): boolean {
  return (Object.keys(one) as (keyof SessionSnapshot)[]).every(key => one[key] === other[key]);
}

/** Whether `one` differs from `other` at most by what each key changes: whether it is saved. */
export function differsByKeys(one: SessionSnapshot, other: SessionSnapshot): boolean {
  const isKeys = ({ saving }: SessionSnapshot): boolean =>
    saving === 'saved' || saving === 'saving';
  const { saving, atRisk } = other;
  return isKeys(one) && isKeys(other) && sameSnapshot({ ...one, saving, atRisk }, other);
}
