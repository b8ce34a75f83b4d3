/** The session beside the text, entry by entry: the fold of `core/model`, with keyframes. */
import { firstFiles } from '../session/files';
import { OPEN_DOOR, fold } from '../session/fold';
import type { SessionState } from '../session/fold';
import { LANGUAGES } from '../protocol/wire';
import type { Language, LoggedEvent } from '../protocol/wire';
import type { RecordedSession, Recording } from './recording';

/** Events from one keyframe to the next. */
export const KEYFRAME = 64;

/** The state after one more event. */
export function stateAfter(state: SessionState, event: LoggedEvent): SessionState {
  return fold(state, event);
}

/** A session before any event, in `language`. */
export function initialState(session: RecordedSession, language: Language): SessionState {
  const { id, title, createdAt } = session;
  return {
    ...{ id, title, question: '', language, createdAt, status: 'open', url: '' },
    ...firstFiles(language),
    participants: new Map(),
    present: new Set(),
    door: OPEN_DOOR,
    runs: [],
    seq: 0
  };
}

/** The state before every `KEYFRAME`-th event, the first included. */
export function keyframesOf(recording: Recording): SessionState[] {
  const { session, events } = recording;
  let state = initialState(session, firstLanguage(recording));
  const keyframes = [state];
  events.forEach((event, index) => {
    state = stateAfter(state, event);
    if ((index + 1) % KEYFRAME === 0) keyframes.push(state);
  });
  return keyframes;
}

/**
 * The language in which the session began. A recording need not say: then the first run before any
 * change tells it, else the first change away from it, or the last where nobody changed it.
 */
function firstLanguage({ firstLanguage: told, events, session }: Recording): Language {
  if (told !== null) return told;
  const first = events.find(
    event => event.type === 'language-updated' || event.type === 'execute-code'
  );
  if (!first) return session.language;
  if (first.type === 'execute-code') return first.payload.language;
  return LANGUAGES.find(language => language !== first.payload.language) ?? session.language;
}
