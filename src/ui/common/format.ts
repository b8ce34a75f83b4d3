/** Values as text for the screen: roles, titles, times, and the states of runs and connections. */
import type { ConnectionStatus } from '../../connection/connection';
import type { RunnerState } from '../../client/runner';
import type { Role, Run, RunStatus, User } from '../../protocol/wire';

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  interviewer: 'Interviewer',
  candidate: 'Candidate',
  observer: 'Observer'
};

const IS_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator.userAgent);
/** The keyboard shortcut that is done with a text, as it is written on this system. */
export const DONE_KEYS = IS_MAC ? '⌘ Enter' : 'Ctrl+Enter';
/** The keyboard shortcuts for Run. */
export const RUN_KEYS = `${DONE_KEYS} or ${IS_MAC ? '⇧ Enter' : 'Shift+Enter'}`;

/** The title of a session; `Interview` for a session without one. */
export function titleOf(title: string | undefined): string {
  return title === undefined || title === '' ? 'Interview' : title;
}

/** A duration in milliseconds as `0.12 s`, `12.3 s` or `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 0.01) {
    return '< 0.01 s';
  }
  if (seconds < 10) {
    return `${seconds.toFixed(2)} s`;
  }
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The status of a run, with its duration in milliseconds if that is known. */
export function runStatus(status: RunStatus, durationMs: number | null): string {
  const time = durationMs === null ? '' : ` after ${duration(durationMs)}`;
  switch (status) {
    case 'running':
      return 'Running…';
    case 'ok':
      return durationMs === null ? 'Finished' : `Finished in ${duration(durationMs)}`;
    case 'error':
      return `Error${time}`;
    case 'stopped':
      return `Stopped${time}`;
    case 'timeout':
      return `Timed out${time}`;
    case 'lost':
      return 'Lost: their browser went away';
  }
}

const MEGABYTE = 1e6;

/** What a runner loads, and how much of it has arrived: `Loading Python… 3.1 of 12.9 MB`. */
export function loadingText(state: RunnerState & { phase: 'loading' }): string {
  const { label, progress, size = 0 } = state;
  if (progress === null || size < MEGABYTE) {
    return label;
  }
  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);
  return `${label} ${megabytes(progress * size)} of ${megabytes(size)} MB`;
}

/** UTC milliseconds as the local time of day: `14:03:59`. */
export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false
  });
}

/** ISO 8601 or UTC milliseconds as the local date and time with its zone; `at` itself where it is no date. */
export function dayAndTime(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toLocaleString(undefined, DAY_AND_TIME);
}

/** `dateStyle` and `timeStyle` cannot have a zone beside them. */
const DAY_AND_TIME: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short'
};

/** The participant in whose browser a run took place, from the point of view of `me`. */
export function ranBy(run: Run, participants: ReadonlyMap<string, User>, me: User | null): string {
  if (run.userId !== null && run.userId === me?.id) {
    return 'Ran in your browser';
  }
  const author = run.userId === null ? undefined : participants.get(run.userId);
  return `Ran in ${author?.name ?? 'someone'}’s browser`;
}

/** The state of this page's edits; `local` means that there is no server. */
export type Saving = 'saved' | 'saving' | 'offline' | 'not-stored' | 'local';

/** The state of connection and edits; `known` says that the page was connected before. */
export function savedState(connection: ConnectionStatus, saving: Saving, known: boolean): string {
  if (saving === 'local') {
    return 'Only in this browser';
  }
  if (saving === 'not-stored') {
    return 'Not stored';
  }
  switch (connection.phase) {
    case 'connecting':
      return known ? 'Reconnecting…' : 'Connecting…';
    case 'offline':
      return known ? 'Offline – typing goes on' : 'Not connected';
    case 'closed':
      return connection.reason === 'ended' ? 'Ended' : 'Disconnected';
    case 'open':
      if (saving !== 'saved') {
        return 'Saving…';
      }
      return connection.checking ? 'Checking…' : 'Saved';
  }
}

/** The answer to Ctrl+S: whether everything is saved, or what is not. */
export function savedAnswer(connection: ConnectionStatus, saving: Saving): string {
  if (saving === 'local') {
    return 'Saved in this browser. There is no server.';
  }
  if (saving === 'not-stored') {
    return 'The server cannot store right now. Your text is kept in this browser.';
  }
  if (connection.phase !== 'open') {
    return 'No connection. Your text is kept in this browser, and saved when it is back.';
  }
  if (saving === 'saved' && !connection.checking) {
    return 'Everything is saved.';
  }
  return savedState(connection, saving, true);
}

/** The message of an error as a sentence; messages from the server begin with a small letter. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return text === '' ? 'Something went wrong.' : asSentence(text);
}

/** A message of the server with a capital letter; those begin with a small one. */
export function asSentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
