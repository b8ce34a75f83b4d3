/** A new session that begins with the text of some moment of a film. */
import type { Api, CreatedSession, Shell } from '../core/api';
import type { Language } from '../core/protocol';

/** What the new session begins with. */
export interface ForkedText {
  title: string;
  language: Language;
  code: string;
}

/** Create it and put the text into it. Raises `ApiError`, or `Error` when the text did not arrive. */
export async function forkSession(
  shell: Shell,
  api: Api,
  { title, language, code }: ForkedText
): Promise<CreatedSession> {
  const created = await api.createSession({ title, language });
  const { baseUrl, fetch } = shell;
  const path = `${baseUrl}arena/api/sessions/${encodeURIComponent(created.id)}/code`;
  const response = await fetch(path, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code })
  });
  if (!response.ok) {
    throw new Error(`The new session is there, but its text is not (HTTP ${response.status}).`);
  }
  return created;
}
