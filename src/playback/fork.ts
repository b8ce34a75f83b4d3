/** A new session that begins with the text and the question of some moment of a film. */
import type { Api, CreatedSession } from '../connection/rest';
import type { Language } from '../protocol/wire';

/** What the new session begins with. */
export interface ForkedText {
  title: string;
  language: Language;
  question: string;
  code: string;
}

/** Create it and put the text into it, or leave nothing. Raises `ApiError`. */
export async function forkSession(api: Api, text: ForkedText): Promise<CreatedSession> {
  const { code, ...options } = text;
  const created = await api.createSession(options);
  try {
    await api.putCode(created.id, code);
  } catch (error) {
    // Whoever tries again is not to find an empty session for each time; that it stays tells nobody more.
    await api.deleteSession(created.id).catch(() => undefined);
    throw error;
  }
  return created;
}
