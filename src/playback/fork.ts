/** Fork: a new session that begins with the text and the question after some entry of a film. */
import type { Api, CreatedSession } from '../connection/rest';
import type { Language } from '../protocol/wire';

/** The beginning of the new session. */
export interface ForkedText {
  title: string;
  language: Language;
  question: string;
  code: string;
}

/** Create the session and put the text into it, or leave no session. Raises `ApiError`. */
export async function forkSession(api: Api, text: ForkedText): Promise<CreatedSession> {
  const { code, ...options } = text;
  const created = await api.createSession(options);
  try {
    await api.putCode(created.id, code);
  } catch (error) {
    // A retry must not leave an empty session each time. The first error is the one that counts.
    await api.deleteSession(created.id).catch(() => undefined);
    throw error;
  }
  return created;
}
