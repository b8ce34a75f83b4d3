/**
 * Events as text: what goes into a text frame, and what may come out of one.
 */
import { FrameError } from './frames';
import type { ClientEvent, LoggedEvents, ServerEvent, ServerOnlyEvents } from './wire';

type EventType = keyof LoggedEvents | keyof ServerOnlyEvents;

/** Every event that a server may send; the value says whether it is in the log. */
const LOGGED: Readonly<Record<EventType, boolean>> = {
  'participant-joined': true,
  'participant-left': true,
  'participant-removed': true,
  'typing-caught-up': true,
  'language-updated': true,
  'file-added': true,
  'file-renamed': true,
  'file-deleted': true,
  'main-file-changed': true,
  'title-updated': true,
  'question-changed': true,
  'session-locked': true,
  'session-ended': true,
  'role-changed': true,
  'entry-changed': true,
  'entry-requested': true,
  'entry-admitted': true,
  'entry-declined': true,
  'execute-code': true,
  'execution-output': true,
  'execution-result': true,
  'input-request': true,
  'input-reply': true,
  'session-state': false,
  waiting: false,
  'presence-update': false,
  'code-update': false,
  'cursor-update': false,
  saved: false,
  storage: false,
  error: false
};

/** The text frame of `event`. */
export function encodeEvent(event: ClientEvent): string {
  return JSON.stringify(event);
}

/**
 * The event in one text frame; null for a type that this page does not know, as a newer server
 * may have. Raises `FrameError` on what is no event at all. The payload's shape is the server's word.
 */
export function decodeEvent(text: string): ServerEvent | null {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw new FrameError('a text frame that is not JSON', { cause: error });
  }
  if (!isEnvelope(event)) throw new FrameError('a text frame that is not an event');
  if (!Object.hasOwn(LOGGED, event.type)) return null;
  if (LOGGED[event.type] && !(Number.isInteger(event.seq) && Number.isFinite(event.at))) {
    throw new FrameError(`${event.type} without its place in the log`);
  }
  return event as ServerEvent;
}

interface Envelope {
  type: EventType;
  payload: object;
  seq?: unknown;
  at?: unknown;
}

function isEnvelope(value: unknown): value is Envelope {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'payload' in value &&
    typeof value.payload === 'object' &&
    value.payload !== null
  );
}
