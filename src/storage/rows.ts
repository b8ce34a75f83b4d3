/** The rows of this browser's database. */
import type { OwnEvent } from '../session/own-event';
import type { DocumentName, Language } from '../protocol/wire';

/**
 * An own edit or an own event. A `whole` edit is the whole state of a document, instead of its edits;
 * `clients` are then the client ids of own text in it. Rows of earlier versions have none.
 */
export type Draft =
  | {
      kind: 'edit';
      document: DocumentName;
      update: Uint8Array;
      whole: boolean;
      clients?: number[];
    }
  | { kind: 'event'; own: OwnEvent };

/** A draft in the database; `participant` is null where its participant is unknown. */
export type DraftRow = Draft & { participant: string | null };

/** A session without a server, at its beginning; its log has the rest. `createdAt` is ISO 8601, UTC. */
export interface LocalSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}
