/**
 * What the server has not confirmed, beyond the life of its page: what closed pages left is taken
 * over, what is typed here is kept, and what nobody can take any more is offered for copying.
 */
import type * as Y from 'yjs';
import type { Drafts } from '../storage/drafts';
import { Keeper } from './draft-recorder';
import { leftEvents, readableText } from './draft-recovery';
import type { OwnEvent } from '../session/own-event';
import { MAIN_FILE, NOTES } from '../protocol/wire';
import type { DocumentName, User } from '../protocol/wire';
import type { SessionTexts } from './documents';
import type { SessionView } from './view';

/** Looks after the texts and events of one session; without `drafts`, for this page's life only. */
export class Safekeeping {
  readonly #drafts: Drafts | null;
  readonly #keeper: Keeper | null;
  readonly #texts: SessionTexts;
  readonly #view: SessionView;
  #adopted: boolean;
  #adopting: Promise<void> | null = null;
  #durable: boolean;
  #unsaved: string | null = null;
  #discarded = false;
  #closed = false;

  constructor(drafts: Drafts | null, texts: SessionTexts, view: SessionView) {
    this.#drafts = drafts;
    this.#keeper = drafts && new Keeper(drafts);
    this.#adopted = !drafts;
    this.#durable = drafts !== null;
    this.#texts = texts;
    this.#view = view;
  }

  /** Whether what closed pages left is ours now: before that, no document is synchronised. */
  get adopted(): boolean {
    return this.#adopted;
  }

  /** Whether closing the page now would lose what was typed. */
  get atRisk(): boolean {
    return !this.#durable && !this.#discarded && !this.confirmed;
  }

  /** Whether the server has everything. */
  get confirmed(): boolean {
    return this.#view.outbox.empty && this.#texts.unsent.size === 0;
  }

  /** What is offered for copying; null where nothing is. */
  get unsaved(): string | null {
    return this.#unsaved;
  }

  /** Resolves when this browser can keep nothing more; never where it never could. */
  async failed(): Promise<void> {
    await (this.#drafts?.failed ?? new Promise(() => undefined));
    this.#durable = false;
  }

  /** Make ours what closed pages left, once; of anybody's where nobody knows who we are. */
  adopt(me: User | null): Promise<void> {
    this.#adopting ??= this.#takeOver(me);
    return this.#adopting;
  }

  async #takeOver(me: User | null): Promise<void> {
    const drafts = (await this.#keeper?.adopt(me?.id ?? null)) ?? [];
    if (this.#closed) return;
    this.#adopted = true;
    const mayNotes = me === null || me.role === 'interviewer';
    for (const draft of drafts) {
      if (draft.kind !== 'edit') continue;
      if (draft.document === 'pad' || mayNotes) this.#texts.adopt(draft.document, draft.update);
    }
    this.#view.adopt(leftEvents(drafts));
  }

  /** Keep an edit that was just made; `offline` says that its confirmation may take long. */
  edit(document: DocumentName, doc: Y.Doc, update: Uint8Array, offline: boolean): void {
    if (this.#adopted) this.#keeper?.edit(document, doc, update, offline);
  }

  /** Keep an event that was just said. */
  event(own: OwnEvent): void {
    this.#keeper?.event(own);
  }

  /** The connection is gone: what it did not deliver may have to be read without the rest. */
  disconnected(): void {
    this.#keepWhole(this.#texts.unsent);
  }

  /**
   * The session takes nothing any more: offer for copying what it did not get, unless the person
   * is done with it. What is on its way is lost, too: whatever was stored is confirmed by now.
   */
  offer(): void {
    if (this.#discarded) return;
    const lost = this.#texts.unconfirmed;
    // A page that opens later must read it without the rest.
    if (this.#unsaved === null) this.#keepWhole(lost);
    const texts = [...lost]
      .map(([name, doc]) => (name === 'pad' ? this.#padText() : readableText(doc, NOTES)))
      .filter(text => text.trim() !== '');
    if (texts.length > 0) this.#unsaved = texts.join('\n\n');
  }

  /** The person has what is `unsaved`, or there is nothing: it is kept no longer. */
  discard(): void {
    this.#unsaved = null;
    this.#discarded = true;
    this.#keeper?.clear();
  }

  /** Keep no longer what the server has confirmed, once it has confirmed everything. */
  settle(): void {
    if (this.#adopted && this.confirmed && this.#unsaved === null) this.#keeper?.clear();
  }

  /** This page is done; what it kept is for the next one. */
  close(): void {
    this.#closed = true;
    this.#drafts?.close();
  }

  #keepWhole(documents: ReadonlyMap<DocumentName, Y.Doc>): void {
    if (this.#discarded) return;
    for (const [document, doc] of documents) this.#keeper?.whole(document, doc);
  }

  /** All files, the first one's text first, the others' each under its name. */
  #padText(): string {
    const { pad } = this.#texts;
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
