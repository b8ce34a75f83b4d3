/** Keyframes: a session's state before every so many events, to fold any other state from. */
import { fold } from '../session/fold';
import { initialState } from '../session/state';
import type { SessionState } from '../session/state';
import { LANGUAGES } from '../protocol/wire';
import type { Language } from '../protocol/wire';
import type { Recording } from './recording';

/** Events from one keyframe to the next. */
export const KEYFRAME = 64;

/** The state before every `KEYFRAME`-th event, the first included. */
export function keyframesOf(recording: Recording): SessionState[] {
  const { session, events } = recording;
  let state = initialState({ ...session, language: firstLanguage(recording) });
  const keyframes = [state];
  events.forEach((event, index) => {
    state = fold(state, event);
    if ((index + 1) % KEYFRAME === 0) keyframes.push(state);
  });
  return keyframes;
}

/**
 * The language in which the session began. A recording need not contain it: then it is the language
 * of a run before the first change, else a language other than the first change's, or the last
 * language if there was neither.
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
