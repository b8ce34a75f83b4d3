/** Film builder: computes the film of a recording. This takes long, so that a worker does it. */
import { MAIN_FILE } from '../protocol/wire';
import type { DocumentName } from '../protocol/wire';
import { Base64Decoder } from './base64';
import type { FilmData, FilmText } from './film';
import { HistoryBuilder, NEVER } from './history';
import type { TextHistory } from './history';
import { PASTE, findMoments } from './moments';
import type { EditFact } from './moments';
import { RecordingReader } from './recording';
import { keyframesOf } from './keyframes';

/** Builds a film while the text of its recording arrives. All methods raise `Damaged`. */
export class FilmBuilder {
  readonly #histories = { pad: new HistoryBuilder(), notes: new HistoryBuilder() };
  readonly #base64 = new Base64Decoder();
  readonly #reader = new RecordingReader(({ seq, document, update }) => {
    this.#histories[document].add(seq, this.#base64.decode(update));
  });

  /** Take the next piece of the text, which may end anywhere. */
  push(text: string): void {
    this.#reader.push(text);
  }

  /** The film, after the last piece. */
  build(): FilmData {
    const recording = this.#reader.end();
    const texts = textsOf(this.#histories, recording.at.length);
    const inserted = new Int32Array(recording.at.length);
    const deleted = new Int32Array(recording.at.length);
    for (const each of texts) {
      if (each.document === 'pad') countUnits(each, inserted, deleted);
    }
    const { session, at, by, authors, events, hidden } = recording;
    return {
      session,
      at,
      by,
      authors,
      inserted,
      deleted,
      texts,
      events,
      keyframes: keyframesOf(recording),
      moments: findMoments(recording, factsOf(texts, inserted, deleted)),
      hidden
    };
  }
}

/** The film of the recording in `text`; raises `Damaged`. */
export function buildFilm(text: string): FilmData {
  const builder = new FilmBuilder();
  builder.push(text);
  return builder.build();
}

function textsOf(
  builders: Readonly<Record<DocumentName, HistoryBuilder>>,
  entries: number
): FilmText[] {
  const texts = (['pad', 'notes'] as const).flatMap(document =>
    builders[document].build().map(history => filmText(document, history, entries))
  );
  // The main file first, the others in the order in which they were added.
  return texts.sort((a, b) => Number(isMain(b)) - Number(isMain(a)));
}

function isMain(text: FilmText): boolean {
  return text.document === 'pad' && text.root === MAIN_FILE;
}

function filmText(document: DocumentName, history: TextHistory, entries: number): FilmText {
  const { born, died } = history;
  const carets = new Int32Array(entries).fill(-1);
  for (let unit = born.length - 1; unit >= 0; unit--) {
    const death = died[unit] ?? NEVER;
    if (death < entries) carets[death] = unit;
  }
  // An edit that also inserts leaves the cursor after the inserted text.
  for (let unit = 0; unit < born.length; unit++) carets[born[unit] ?? 0] = unit + 1;
  return { ...history, document, carets };
}

function countUnits({ born, died }: TextHistory, inserted: Int32Array, deleted: Int32Array): void {
  for (let unit = 0; unit < born.length; unit++) {
    const [birth, death] = [born[unit] ?? 0, died[unit] ?? NEVER];
    inserted[birth] = (inserted[birth] ?? 0) + 1;
    if (death < deleted.length) deleted[death] = (deleted[death] ?? 0) + 1;
  }
}

/** The facts of each edit of the pad, without the edits that changed nothing. */
function factsOf(
  texts: readonly FilmText[],
  inserted: Int32Array,
  deleted: Int32Array
): EditFact[] {
  const pad = texts.filter(({ document }) => document === 'pad');
  const insertions = largeTexts(pad, inserted, ({ born }) => born);
  const deletions = largeTexts(pad, deleted, ({ died }) => died);
  const facts: EditFact[] = [];
  inserted.forEach((count, seq) => {
    const deletedCount = deleted[seq] ?? 0;
    if (count + deletedCount === 0) return;
    const [insertedText, deletedText] = [insertions.get(seq) ?? '', deletions.get(seq) ?? ''];
    facts.push({ seq, inserted: count, deleted: deletedCount, insertedText, deletedText });
  });
  return facts;
}

/** The texts that large edits inserted or deleted, by entry; `entryOf` has the entry of each unit. */
function largeTexts(
  texts: readonly FilmText[],
  counts: Int32Array,
  entryOf: (text: FilmText) => Int32Array
): Map<number, string> {
  const found = new Map<number, { units: Uint16Array; length: number }>();
  counts.forEach((count, seq) => {
    if (count > PASTE) found.set(seq, { units: new Uint16Array(count), length: 0 });
  });
  for (const text of texts) {
    const entries = entryOf(text);
    for (let at = 0; at < entries.length; at++) {
      const seq = entries[at] ?? NEVER;
      const large = (counts[seq] ?? 0) > PASTE ? found.get(seq) : undefined;
      if (large) large.units[large.length++] = text.units[at] ?? 0;
    }
  }
  const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
  return new Map([...found].map(([seq, { units }]) => [seq, decoder.decode(units)]));
}
