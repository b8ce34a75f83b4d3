/** The rows of this browser's database. */
import type { OwnEvent } from '../session/own-event';
import type { DocumentName, Language } from '../protocol/wire';

/**
 * An own edit or an own event. A `whole` edit is the whole state of a document, instead of its edits;
 * `own` are then the edits among it that are ours. Rows of earlier versions have none.
 */
export type Draft =
  | {
      kind: 'edit';
      document: DocumentName;
      update: Uint8Array;
      whole: boolean;
      own?: Uint8Array;
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
