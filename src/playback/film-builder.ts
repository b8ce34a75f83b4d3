/** Makes the film of a recording: the one long computation, which the worker does. */
import { MAIN_FILE } from '../protocol/wire';
import type { DocumentName } from '../protocol/wire';
import { Scratch } from './base64';
import type { FilmData, FilmText } from './film';
import { HistoryBuilder, NEVER } from './history';
import type { TextHistory } from './history';
import { findMoments } from './moments';
import type { EditFact } from './moments';
import { RecordingReader } from './recording';
import { keyframesOf } from './keyframes';

/** Edits of more units than this keep their text, to tell a paste from an undo. */
const LARGE = 50;

/** Makes the film of a recording while its text arrives; all of it raises `Damaged`. */
export class FilmBuilder {
  readonly #histories = { pad: new HistoryBuilder(), notes: new HistoryBuilder() };
  readonly #scratch = new Scratch();
  readonly #reader = new RecordingReader(({ seq, document, update }) => {
    this.#histories[document].add(seq, this.#scratch.decode(update));
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
export function develop(text: string): FilmData {
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
  // The main file first; the others in the order in which they came.
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
  // An edit that also inserts leaves the cursor behind what it inserted.
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

/** What each edit of the pad did; what changed nothing is left out. */
function factsOf(
  texts: readonly FilmText[],
  inserted: Int32Array,
  deleted: Int32Array
): EditFact[] {
  const pad = texts.filter(({ document }) => document === 'pad');
  const came = largeTexts(pad, inserted, ({ born }) => born);
  const went = largeTexts(pad, deleted, ({ died }) => died);
  const facts: EditFact[] = [];
  inserted.forEach((count, seq) => {
    const gone = deleted[seq] ?? 0;
    if (count + gone === 0) return;
    const [insertedText, deletedText] = [came.get(seq) ?? '', went.get(seq) ?? ''];
    facts.push({ seq, inserted: count, deleted: gone, insertedText, deletedText });
  });
  return facts;
}

/** The texts that large edits brought, or took, by entry; `entryOf` says which entry of each unit. */
function largeTexts(
  texts: readonly FilmText[],
  counts: Int32Array,
  entryOf: (text: FilmText) => Int32Array
): Map<number, string> {
  const found = new Map<number, { units: Uint16Array; length: number }>();
  counts.forEach((count, seq) => {
    if (count > LARGE) found.set(seq, { units: new Uint16Array(count), length: 0 });
  });
  for (const text of texts) {
    const entries = entryOf(text);
    for (let at = 0; at < entries.length; at++) {
      const seq = entries[at] ?? NEVER;
      const large = (counts[seq] ?? 0) > LARGE ? found.get(seq) : undefined;
      if (large) large.units[large.length++] = text.units[at] ?? 0;
    }
  }
  const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });
  return new Map([...found].map(([seq, { units }]) => [seq, decoder.decode(units)]));
}
