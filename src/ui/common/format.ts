/** Values as text for the screen: roles, titles, durations, times, and the states of runs and connections. */
import type { ConnectionStatus } from '../../connection/connection';
import type { Role, Run, RunStatus, User } from '../../protocol/wire';

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  interviewer: 'Interviewer',
  candidate: 'Candidate',
  observer: 'Observer'
};

/** What runs the code from the keyboard, as this machine's keys are called. */
export const RUN_KEYS = /Mac|iPhone|iPad/.test(globalThis.navigator.userAgent)
  ? '⌘ Enter'
  : 'Ctrl+Enter';

/** What to call a session; people may leave it without a title. */
export function titleOf(title: string | undefined): string {
  return title === undefined || title === '' ? 'Interview' : title;
}

/** Seconds for people, from milliseconds: `0.12 s`, `3.4 s`, `2 min 5 s`. */
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

/** How a run stands, with its duration where that is known. */
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

/** Local time of day, from UTC milliseconds: `14:03:59`. */
export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false
  });
}

/** Local day and time, from ISO 8601 or UTC milliseconds; the text itself where it is no date. */
export function dayAndTime(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? String(at)
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** In whose browser it ran, from where this reader sits: nobody else has seen it happen. */
export function ranBy(run: Run, participants: ReadonlyMap<string, User>, me: User | null): string {
  if (run.userId !== null && run.userId === me?.id) {
    return 'Ran in your browser';
  }
  const author = run.userId === null ? undefined : participants.get(run.userId);
  return `Ran in ${author?.name ?? 'someone'}’s browser`;
}

export type Saving = 'saved' | 'saving' | 'offline' | 'not-stored' | 'local';

/** The connection and what became of the typing, in a few words; `known` once it was connected. */
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
      return 'Offline – typing goes on';
    case 'closed':
      return connection.reason === 'ended' ? 'Ended' : 'Disconnected';
    case 'open':
      return saving === 'saved' ? 'Saved' : 'Saving…';
  }
}

/** The message of an error as a sentence; messages from the server begin with a small letter. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return text === '' ? 'Something went wrong.' : text.charAt(0).toUpperCase() + text.slice(1);
}
