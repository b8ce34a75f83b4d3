/** The events of a film as sentences. */
import { LANGUAGE_NAMES } from '../../protocol/wire';
import type { User } from '../../protocol/wire';
import type { Moment, MomentDetail } from '../../playback/moments';
import { ROLE_NAMES, duration } from '../common/format';

/** All participants of the session, by id. */
export type Participants = ReadonlyMap<string, User>;

/** A participant's name; `Someone` for the server and for unknown ids. */
export function nameOf(id: string | null | undefined, participants: Participants): string {
  return (id == null ? undefined : participants.get(id)?.name) ?? 'Someone';
}

/** `moment` as a sentence, without its time. */
export function sentence(moment: Moment, participants: Participants): string {
  const name = nameOf(moment.by, participants);
  switch (moment.kind) {
    case 'joined':
      return `${name} joined as ${ROLE_NAMES[moment.role].toLowerCase()}`;
    case 'left':
      return `${name} left`;
    case 'reconnected':
      return `${name} reconnected${moment.times === 1 ? '' : ` ${moment.times} times`}`;
    case 'away':
      return `${name} was away for ${roughly(moment.ms)}`;
    case 'empty':
      return `Nobody was there for ${roughly(moment.ms)}`;
    case 'typed':
      return `${name} ${typing(moment)}`;
    case 'pasted':
      return `${name} pasted ${characters(moment.length)}`;
    case 'caught-up':
      return `${name} came back with ${characters(moment.length)} written without a connection`;
    case 'restored':
      return `${name} put back ${characters(moment.length)} of their own`;
    case 'given':
      return `The text was set: ${characters(moment.length)}`;
    case 'ran':
      return `${name} ran ${LANGUAGE_NAMES[moment.language]}: ${outcome(moment)}`;
    case 'language':
      return `${name} changed the language to ${LANGUAGE_NAMES[moment.language]}`;
    case 'title':
      return moment.title === ''
        ? `${name} removed the title`
        : `${name} changed the title to “${moment.title}”`;
    case 'question':
      return `${name} ${moment.removed ? 'removed' : 'changed'} the question`;
    case 'file':
      return `${name} ${FILE_CHANGES[moment.change](moment.name)}`;
    case 'locked':
      return `${name} ${moment.locked ? 'locked' : 'unlocked'} the session for candidates`;
    case 'role':
      return `${name} became ${ROLE_NAMES[moment.role].toLowerCase()}`;
    case 'named':
      return `${moment.from} changed their name to ${moment.name}`;
    case 'moved':
      return `${name} continued on another device`;
    case 'ended':
      return `${name} ended the session`;
  }
}

const FILE_CHANGES = {
  added: (file: string) => `added the file ${file}`,
  renamed: (file: string) => `renamed a file to ${file}`,
  deleted: (file: string) => `deleted the file ${file}`,
  main: (file: string) => `made ${file} the file that runs`
} as const;

/** Whether an event is highlighted: pastes and absences. */
export function isNotable({ kind }: Moment): boolean {
  return kind === 'pasted' || kind === 'away' || kind === 'empty' || kind === 'caught-up';
}

function typing({ inserted, deleted, ms }: Extract<MomentDetail, { kind: 'typed' }>): string {
  const time = ms < 1000 ? '' : ` in ${roughly(ms)}`;
  if (inserted === 0) {
    return `deleted ${characters(deleted)}${time}`;
  }
  const also = deleted === 0 ? '' : ` and deleted ${deleted}`;
  return `typed ${characters(inserted)}${also}${time}`;
}

function outcome(run: Extract<MomentDetail, { kind: 'ran' }>): string {
  const { lines, error, status, tests } = run;
  const output = lines === 1 ? '1 line of output' : `${lines === 0 ? 'no' : lines} lines of output`;
  // A test runner ends its program with an exit code; the test counts say more than that.
  if (tests !== null && (status === 'ok' || (error ?? '').startsWith('Exited with code '))) {
    return `${tests.passed} of ${tests.tests === 1 ? '1 test' : `${tests.tests} tests`} passed`;
  }
  switch (status) {
    case 'error':
      return `${lines === 0 ? '' : `${output}, `}error: ${error ?? 'unknown'}`;
    case 'ok':
      return lines === 0 ? 'no output' : output;
    case 'stopped':
      return `${output}, stopped`;
    case 'timeout':
      return `${output}, out of time`;
    case 'running':
    case 'lost':
      return `${output}, never finished`;
  }
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`;
}

/** Milliseconds as `20 s`, `3 min 5 s` or `2 h 10 min`. */
export function roughly(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes >= 60) {
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  return minutes > 0 ? duration(Math.max(60_000, ms)) : `${Math.round(ms / 1000)} s`;
}

/** Milliseconds of film time as `0:05`, `12:03` or `1:02:03`. */
export function filmTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = two(seconds % 60);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}
