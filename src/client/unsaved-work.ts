/**
 * Unsaved work: edits and events that the server has not confirmed, beyond the life of their page.
 * Drafts of closed pages are adopted, drafts of this page are recorded, and text that no server will
 * take any more is offered for copying.
 */
import type { Drafts } from '../storage/drafts';
import { DraftRecorder } from './draft-recorder';
import { readableText, recoverEvents } from './draft-recovery';
import type { OwnEvent } from '../session/own-event';
import { MAIN_FILE, NOTES } from '../protocol/wire';
import type { DocumentName, User } from '../protocol/wire';
import { NO_EDIT } from './document-sync';
import type { OwnText } from './document-sync';
import type { SessionDocuments } from './documents';
import type { SessionView } from './view';

/** The unsaved work of one session. Without `drafts` it lasts only as long as the page. */
export class UnsavedWork {
  readonly #drafts: Drafts | null;
  readonly #recorder: DraftRecorder | null;
  readonly #documents: SessionDocuments;
  readonly #view: SessionView;
  #adopted: boolean;
  #adopting: Promise<void> | null = null;
  #durable: boolean;
  #offered: string | null = null;
  #discarded = false;
  #closed = false;

  constructor(drafts: Drafts | null, documents: SessionDocuments, view: SessionView) {
    this.#drafts = drafts;
    this.#recorder = drafts && new DraftRecorder(drafts);
    this.#adopted = !drafts;
    this.#durable = drafts !== null;
    this.#documents = documents;
    this.#view = view;
  }

  /** Whether the drafts of closed pages are adopted; no document is synchronised before. */
  get adopted(): boolean {
    return this.#adopted;
  }

  /** Whether closing the page now would lose work. */
  get atRisk(): boolean {
    return !this.#durable && !this.#discarded && !this.confirmed;
  }

  /** Whether the server has confirmed everything. */
  get confirmed(): boolean {
    return this.#view.outbox.empty && this.#documents.unsent.size === 0;
  }

  /** The text that is offered for copying; null where there is none. */
  get offered(): string | null {
    return this.#offered;
  }

  /** Resolves when this browser stores no drafts any more; never where it never did. */
  async failed(): Promise<void> {
    await (this.#drafts?.failed ?? new Promise(() => undefined));
    this.#durable = false;
  }

  /** Adopt the drafts of closed pages, once: those of `me`, or of anybody where `me` is unknown. */
  adopt(me: User | null): Promise<void> {
    this.#adopting ??= this.#adopt(me);
    return this.#adopting;
  }

  async #adopt(me: User | null): Promise<void> {
    const drafts = (await this.#recorder?.adopt(me?.id ?? null)) ?? [];
    if (this.#closed) return;
    this.#adopted = true;
    const mayNotes = me === null || me.role === 'interviewer';
    for (const draft of drafts) {
      if (draft.kind !== 'edit') continue;
      const { document, update, whole, own = whole ? NO_EDIT : update } = draft;
      if (document === 'pad' || mayNotes) this.#documents.adopt(document, update, own);
    }
    this.#view.adopt(recoverEvents(drafts));
  }

  /** Record an own edit; `offline` says that its confirmation may take long. */
  edit(document: DocumentName, text: OwnText, update: Uint8Array, offline: boolean): void {
    if (this.#adopted) this.#recorder?.edit(document, text, update, offline);
  }

  /** Record the whole of a text, instead of its edits so far. */
  whole(document: DocumentName, text: OwnText): void {
    if (this.#adopted) this.#recordWhole(new Map([[document, text]]));
  }

  /** Record an own event. */
  event(own: OwnEvent): void {
    this.#recorder?.event(own);
  }

  /** The connection was lost: its unsent edits must be readable without the rest of the text. */
  disconnected(): void {
    this.#recordWhole(this.#documents.unsent);
  }

  /**
   * The session takes nothing any more: offer the text of every document with unconfirmed edits for
   * copying, unless it was discarded. Edits in flight count as lost: all stored edits are confirmed
   * by now.
   */
  offer(): void {
    if (this.#discarded) return;
    const lost = this.#documents.unconfirmed;
    // A page that is opened later must be able to read this text without the rest.
    if (this.#offered === null) this.#recordWhole(lost);
    const texts = [...lost]
      .map(([name, { doc }]) => (name === 'pad' ? this.#padText() : readableText(doc, NOTES)))
      .filter(text => text.trim() !== '');
    if (texts.length > 0) this.#offered = texts.join('\n\n');
  }

  /** The offered text was copied, or there is none: the drafts are deleted. */
  discard(): void {
    this.#offered = null;
    this.#discarded = true;
    this.#recorder?.clear();
  }

  /** Delete the drafts, once the server has confirmed everything. */
  settle(): void {
    if (this.#adopted && this.confirmed && this.#offered === null) this.#recorder?.clear();
  }

  /** This page is done; the next one adopts its drafts. */
  close(): void {
    this.#closed = true;
    this.#drafts?.close();
  }

  #recordWhole(texts: ReadonlyMap<DocumentName, OwnText>): void {
    if (this.#discarded) return;
    for (const [document, text] of texts) this.#recorder?.whole(document, text);
  }

  /** The text of the first file, then the text of each other file under its name. */
  #padText(): string {
    const { pad } = this.#documents;
    const roots = [...pad.share.keys()].map(root => ({ name: root, root }));
    const others = (this.#view.state?.files ?? roots)
      .filter(({ root }) => root !== MAIN_FILE)
      .map(({ name, root }) => ({ name, text: pad.getText(root).toJSON() }))
      .filter(({ text }) => text !== '')
      .map(({ name, text }) => `${name}:\n${text}`);
    const first = readableText(pad, MAIN_FILE);
    return [first, ...others].filter(text => text !== '').join('\n\n');
  }
}
