/** The rows of this browser's database. */
import type { OwnEvent } from '../session/own-event';
import type { DocumentName, Language } from '../protocol/wire';

/** An own edit, or an own event. `whole` is a document's entire state: it replaces its edits. */
export type Draft =
  | { kind: 'edit'; document: DocumentName; update: Uint8Array; whole: boolean }
  | { kind: 'event'; own: OwnEvent };

/** A draft in the database; `participant` is null where nobody knows whose it is any more. */
export type DraftRow = Draft & { participant: string | null };

/** How such a session began; what became of it is in its log. `createdAt` is ISO 8601, UTC. */
export interface LocalSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}
