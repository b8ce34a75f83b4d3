/**
 * Recording reader: lines of JSON, read into entries and checked. `arena_ext/recording/format.py`
 * writes them and describes the format.
 */
import { Damaged } from './damaged';
import { isLanguage, isLogged } from '../protocol/event-shapes';
import { isRecord } from '../protocol/json';
import type { DocumentName, Language, LoggedEvent } from '../protocol/wire';

type Json = Readonly<Record<string, unknown>>;

const FORMAT = 'arena.recording.v1';

/** The session in the first line of a recording, as it was when the recording was made. */
export interface RecordedSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}

/** An entry that changes text. `update` is a Yjs update (version 1) in base64. */
interface EditEntry {
  seq: number;
  document: DocumentName;
  update: string;
}

/** All entries by `seq`, which counts from 1; index 0 of each array is the time before the first. */
export interface Recording {
  session: RecordedSession;
  /** The language before any change; null where the recording does not have it. */
  firstLanguage: Language | null;
  /** UTC milliseconds, ascending; a hidden entry has the time of the entry before it. */
  at: Float64Array;
  /** Index into `authors`; 0 is the server. */
  by: Uint16Array;
  /** Ids of participants; the first stands for the server. */
  authors: (string | null)[];
  /** The events that this page knows, in order. */
  events: LoggedEvent[];
  /** The number of entries that are hidden from this reader. */
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
 * Reads a recording's text as it arrives. All methods raise `Damaged`; the hash chain is checked
 * elsewhere. Edits go to `onEdit` one by one: there is one for each keystroke, and keeping them would
 * take more memory than reading them.
 */
export class RecordingReader {
  readonly #onEdit: (edit: EditEntry) => void;
  /** The beginning of a line whose end has not arrived. */
  #rest = '';
  #header: Json | null = null;
  #ended = false;
  readonly #at: number[] = [0];
  readonly #by: number[] = [0];
  readonly #authors = new Map<string | null, number>([[null, 0]]);
  readonly #events: LoggedEvent[] = [];
  #firstLanguage: Language | null = null;
  #hidden = 0;

  constructor(onEdit: (edit: EditEntry) => void) {
    this.#onEdit = onEdit;
  }

  /** Read the next piece of the text, which may end anywhere. */
  push(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      this.#rest += text;
      return;
    }
    const whole = this.#rest + text.slice(0, end);
    this.#rest = text.slice(end);
    for (const line of linesOf(whole)) this.#line(line);
  }

  /** The recording, after its last piece. */
  end(): Recording {
    if (this.#rest !== '' || this.#header === null) this.#line(this.#rest);
    const { session, entries } = this.#header ?? {};
    const last = this.#at.length - 1;
    if (!this.#ended || last !== entries) {
      throw new Damaged(
        `The recording is cut off: it has ${last} of its ${String(entries)} entries.`
      );
    }
    this.#at[0] = this.#at[1] ?? 0;
    return {
      session: sessionOf(session),
      firstLanguage: this.#firstLanguage,
      at: Float64Array.from(this.#at),
      by: Uint16Array.from(this.#by),
      authors: [...this.#authors.keys()],
      events: this.#events,
      hidden: this.#hidden
    };
  }

  #line(text: string): void {
    if (this.#header === null) {
      this.#header = headerOf(text);
      this.#firstLanguage = firstLanguageOf(this.#header.session);
      return;
    }
    if (this.#ended) throw new Damaged('The recording goes on after its end.');
    const line = plainEdit(text) ?? record(text);
    if ('chain' in line) {
      this.#ended = true;
      return;
    }
    const seq = this.#at.length;
    if (line.seq !== seq) throw new Damaged(`Entry ${seq} is missing.`);
    this.#entry(seq, line);
  }

  #entry(seq: number, line: Json): void {
    const before = this.#at[seq - 1] ?? 0;
    if ('digest' in line) {
      this.#hidden++;
      this.#at.push(before);
      this.#by.push(0);
      return;
    }
    const { by, edit, event } = line;
    if (!isTime(line.at) || !(by === null || typeof by === 'string')) {
      throw new Damaged(`Entry ${seq} does not say when it was, or by whom.`);
    }
    // The server's clock can be set back; the film still runs forward.
    const at = Math.max(before, line.at);
    this.#at.push(at);
    this.#by.push(this.#authorOf(by));
    if (isRecord(edit)) {
      const { document, update } = edit;
      if ((document !== 'pad' && document !== 'notes') || typeof update !== 'string') {
        throw new Damaged(`Entry ${seq} is no edit.`);
      }
      this.#onEdit({ seq, document, update });
    } else if (isRecord(event) && typeof event.type === 'string' && isRecord(event.payload)) {
      const { type, payload } = event;
      if (type === 'session-created' && isLanguage(payload.language)) {
        this.#firstLanguage = payload.language;
      }
      const logged = { type, payload, seq, at };
      // Events of a newer server are skipped, as in a live room.
      if (isLogged(logged)) this.#events.push(logged);
    } else {
      throw new Damaged(`Entry ${seq} is neither an edit nor an event.`);
    }
  }

  #authorOf(by: string | null): number {
    let index = this.#authors.get(by);
    if (index === undefined) {
      index = this.#authors.size;
      if (index > 0xffff) throw new Damaged('The recording has too many people in it.');
      this.#authors.set(by, index);
    }
    return index;
  }
}

function headerOf(text: string): Json {
  const header = record(text);
  if (header.format !== FORMAT) {
    throw new Damaged('This is not a recording, or one of another version.');
  }
  if (!isCount(header.entries)) throw new Damaged('The recording has no length.');
  return header;
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

/** A line with an edit, exactly as the server writes it: matching is faster than parsing JSON. */
const PLAIN_EDIT =
  /^\{"seq":(\d{1,10}),"at":(\d{1,15}),"by":("[^"\\]*"|null),"to":"(\w+)","edit":\{"document":"(pad|notes)","update":"([\w+/=]*)"\}\}$/;

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

/** The canonical JSON of a line that matches `PLAIN_EDIT`; null for any other. */
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

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Whether `value` is a time that a `Date` can hold, in milliseconds. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15;
}
