/**
 * A recording as it comes: lines of JSON, read into entries. `arena_ext/recording.py` writes them and
 * says what they mean; nothing in them is taken on trust.
 */
import { isLanguage, isLogged } from './shapes';
import type { DocumentName, Language, LoggedEvent } from '../core/protocol';

export const FORMAT = 'arena.recording.v1';

/** A recording that is cut, changed, or none at all; the message is for people. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** What the first line says of the session, at the time when the recording was made. */
export interface RecordedSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}

/** An entry that changes text. `update` is a Yjs update (version 1) in base64. */
export interface EditEntry {
  seq: number;
  document: DocumentName;
  update: string;
}

/** All entries by `seq`, which counts from 1; index 0 of each array is the moment before them. */
export interface Recording {
  session: RecordedSession;
  /** The language before anybody changed it, where the recording tells. */
  firstLanguage: Language | null;
  /** UTC milliseconds, never going back; an entry that is kept back has the time before it. */
  at: Float64Array;
  /** Index into `authors`; 0 is nobody. */
  by: Uint16Array;
  /** Ids of participants; the first stands for the server. */
  authors: (string | null)[];
  /** The events that this page knows, in order. */
  events: LoggedEvent[];
  /** How many entries are kept back from this reader. */
  hidden: number;
}

/** The lines of a recording's text, without their ends and without an empty one at the end. */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end === -1 ? undefined : end);
    if (end === -1) return;
    start = end + 1;
  }
}

/**
 * Read a recording's text; raises `Damaged`. Whether it was changed, only the chain tells. Edits go to
 * `onEdit` one by one: there is one for each keystroke, and to keep them all would cost more than
 * to read them.
 */
export function parseRecording(text: string, onEdit: (edit: EditEntry) => void): Recording {
  const lines = linesOf(text);
  const header = record(lines.next().value);
  if (header.format !== FORMAT) {
    throw new Damaged('This is not a recording, or one of another version.');
  }
  const count = header.entries;
  // No entry is shorter than its digest: a larger count is no count of this text.
  if (!isCount(count) || count > text.length) throw new Damaged('The recording has no length.');
  const recording: Recording = {
    session: sessionOf(header.session),
    firstLanguage: firstLanguageOf(header.session),
    at: new Float64Array(count + 1),
    by: new Uint16Array(count + 1),
    authors: [null],
    events: [],
    hidden: 0
  };
  const authors = new Map<string | null, number>([[null, 0]]);
  let seq = 0;
  let ended = false;
  for (const text of lines) {
    if (ended) throw new Damaged('The recording goes on after its end.');
    const line = plainEdit(text) ?? record(text);
    if ('chain' in line) {
      ended = true;
      continue;
    }
    seq++;
    if (line.seq !== seq || seq > count) throw new Damaged(`Entry ${seq} is missing.`);
    readEntry(recording, authors, seq, line, onEdit);
  }
  if (!ended || seq !== count) {
    throw new Damaged(`The recording is cut off: it has ${seq} of its ${count} entries.`);
  }
  recording.at[0] = recording.at[1] ?? 0;
  return recording;
}

type Json = Readonly<Record<string, unknown>>;

function readEntry(
  recording: Recording,
  authors: Map<string | null, number>,
  seq: number,
  line: Json,
  onEdit: (edit: EditEntry) => void
): void {
  const before = recording.at[seq - 1] ?? 0;
  recording.at[seq] = before;
  if ('digest' in line) {
    recording.hidden++;
    return;
  }
  const { at, by, edit, event } = line;
  if (!isTime(at) || !(by === null || typeof by === 'string')) {
    throw new Damaged(`Entry ${seq} does not say when it was, or by whom.`);
  }
  // A server's clock can be put back; the film still runs forward.
  recording.at[seq] = Math.max(before, at);
  recording.by[seq] = authorOf(recording, authors, by);
  if (isRecord(edit)) {
    const { document, update } = edit;
    if ((document !== 'pad' && document !== 'desk') || typeof update !== 'string') {
      throw new Damaged(`Entry ${seq} is no edit.`);
    }
    onEdit({ seq, document, update });
  } else if (isRecord(event) && typeof event.type === 'string' && isRecord(event.payload)) {
    const { type, payload } = event;
    if (type === 'session-created' && isLanguage(payload.language)) {
      recording.firstLanguage = payload.language;
    }
    const logged = { type, payload, seq, at: recording.at[seq] };
    // What a newer server logs is passed over, as in a live room.
    if (isLogged(logged)) recording.events.push(logged);
  } else {
    throw new Damaged(`Entry ${seq} is neither an edit nor an event.`);
  }
}

function authorOf(
  recording: Recording,
  authors: Map<string | null, number>,
  by: string | null
): number {
  let index = authors.get(by);
  if (index === undefined) {
    index = recording.authors.push(by) - 1;
    if (index > 0xffff) throw new Damaged('The recording has too many people in it.');
    authors.set(by, index);
  }
  return index;
}

function firstLanguageOf(value: unknown): Language | null {
  const told = isRecord(value) ? value.firstLanguage : null;
  return isLanguage(told) ? told : null;
}

function sessionOf(value: unknown): RecordedSession {
  const { id, title, language, createdAt } = isRecord(value) ? value : {};
  return {
    id: typeof id === 'string' ? id : '',
    title: typeof title === 'string' ? title : '',
    language: isLanguage(language) ? language : 'javascript',
    createdAt: typeof createdAt === 'string' ? createdAt : ''
  };
}

/** An edit as a server writes its line, which is quicker than JSON; written otherwise it is none. */
const PLAIN_EDIT =
  /^\{"seq":(\d{1,10}),"at":(\d{1,15}),"by":("[^"\\]*"|null),"to":"(\w+)","edit":\{"document":"(pad|desk)","update":"([\w+/=]*)"\}\}$/;

function plainEdit(line: string): Json | null {
  const found = PLAIN_EDIT.exec(line);
  if (!found) return null;
  const [, seq, at, by, to, document, update] = found;
  return {
    ...{ seq: Number(seq), at: Number(at), to },
    by: by === 'null' ? null : by?.slice(1, -1),
    edit: { document, update }
  };
}

/** The canonical form of such a line; null where it is another. */
export function canonicalEdit(line: string): string | null {
  const found = PLAIN_EDIT.exec(line);
  if (!found) return null;
  const [, seq = '', at = '', by = '', to = '', document = '', update = ''] = found;
  const edit = `{"document":"${document}","update":"${update}"}`;
  return `{"at":${at},"by":${by},"edit":${edit},"seq":${seq},"to":"${to}"}`;
}

function record(line: unknown): Json {
  let value: unknown = null;
  try {
    value = JSON.parse(String(line));
  } catch {
    throw new Damaged('The recording is cut off, or it is none: a line of it is not JSON.');
  }
  if (!isRecord(value)) throw new Damaged('This is not a recording.');
  return value;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** What a Date can show. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15;
}
