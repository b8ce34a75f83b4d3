/** Makes the film of a recording: the one long computation, which the worker does. */
import { MAIN_FILE } from '../core/protocol';
import type { DocumentName } from '../core/protocol';
import { fromBase64 } from './base64';
import type { FilmData, FilmText } from './film';
import { HistoryBuilder, NEVER } from './history';
import type { TextHistory } from './history';
import { findMoments } from './moments';
import type { EditFact } from './moments';
import { parseRecording } from './recording';
import type { Recording } from './recording';
import { keyframesOf } from './states';

/** Edits of more units than this keep their text, to tell a paste from an undo. */
const LARGE = 50;

/** The film of the recording in `text`; raises `Damaged`. */
export function develop(text: string): FilmData {
  const recording = parseRecording(text);
  const texts = textsOf(recording);
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
    moments: findMoments(recording, factsOf(recording, texts, inserted, deleted)),
    hidden
  };
}

function textsOf(recording: Recording): FilmText[] {
  const builders = { pad: new HistoryBuilder(), desk: new HistoryBuilder() };
  for (const { seq, document, update } of recording.edits) {
    builders[document].add(seq, fromBase64(update));
  }
  const texts = (['pad', 'desk'] as const).flatMap(document =>
    builders[document].build().map(history => filmText(document, history, recording.at.length))
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

function factsOf(
  recording: Recording,
  texts: readonly FilmText[],
  inserted: Int32Array,
  deleted: Int32Array
): EditFact[] {
  const large = largeTexts(texts, inserted, deleted);
  return recording.edits
    .filter(({ document }) => document === 'pad')
    .map(({ seq }) => ({
      seq,
      inserted: inserted[seq] ?? 0,
      deleted: deleted[seq] ?? 0,
      insertedText: large.inserted.get(seq) ?? '',
      deletedText: large.deleted.get(seq) ?? ''
    }));
}

/** What large edits inserted and deleted, by entry. */
function largeTexts(
  texts: readonly FilmText[],
  inserted: Int32Array,
  deleted: Int32Array
): { inserted: Map<number, string>; deleted: Map<number, string> } {
  const found = { inserted: new Map<number, string>(), deleted: new Map<number, string>() };
  const append = (map: Map<number, string>, seq: number, unit: number): void => {
    map.set(seq, (map.get(seq) ?? '') + String.fromCharCode(unit));
  };
  for (const { document, units, born, died } of texts) {
    if (document !== 'pad') continue;
    for (let at = 0; at < units.length; at++) {
      const [birth, death, unit] = [born[at] ?? 0, died[at] ?? NEVER, units[at] ?? 0];
      if ((inserted[birth] ?? 0) > LARGE) append(found.inserted, birth, unit);
      if (death < deleted.length && (deleted[death] ?? 0) > LARGE)
        append(found.deleted, death, unit);
    }
  }
  return found;
}
