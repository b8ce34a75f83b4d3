/** Events as text: the encoder and the decoder of text frames. */
import { FrameError } from './frames';
import { isRecord } from './json';
import { LOGGED_TYPES, SERVER_ONLY_TYPES } from './wire';
import type { ClientEvent, ServerEvent } from './wire';

const LOGGED: ReadonlySet<string> = new Set(LOGGED_TYPES);
const KNOWN: ReadonlySet<string> = new Set([...LOGGED_TYPES, ...SERVER_ONLY_TYPES]);

/** The text frame of `event`. */
export function encodeEvent(event: ClientEvent): string {
  return JSON.stringify(event);
}

/**
 * The event in one text frame; null for a type that this page does not know, which a newer server
 * may have. Raises `FrameError` if the text is no event. The payload's shape is not checked here:
 * the server has checked it.
 */
export function decodeEvent(text: string): ServerEvent | null {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw new FrameError('a text frame that is not JSON', { cause: error });
  }
  if (!isEnvelope(event)) throw new FrameError('a text frame that is not an event');
  if (!KNOWN.has(event.type)) return null;
  if (LOGGED.has(event.type) && !(Number.isInteger(event.seq) && Number.isFinite(event.at))) {
    throw new FrameError(`${event.type} without its place in the log`);
  }
  return event as ServerEvent;
}

interface Envelope {
  type: string;
  payload: object;
  seq?: unknown;
  at?: unknown;
}

function isEnvelope(value: unknown): value is Envelope {
  return isRecord(value) && typeof value.type === 'string' && isRecord(value.payload);
}
