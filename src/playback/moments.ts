/**
 * Moments of a recording: arrivals and departures, runs, pastes, stretches of typing, absences and
 * settings. Each is at the entry where it begins, and playback shows it as a sentence.
 */
import type { Language, LoggedEvent, Role, RunStatus } from '../protocol/wire';
import type { Recording } from './recording';
import { SUMMARY_TAIL, testSummary } from './test-summary';
import type { TestSummary } from './test-summary';

/** An edit of more units than this is a paste: typing never inserts so much in one frame. */
export const PASTE = 50;
/** Milliseconds without a key that end a stretch of typing. */
const PAUSE = 10_000;
/** Milliseconds after which a stretch of typing gets a new sentence. */
const STRETCH = 60_000;
/** Milliseconds that make an absence; after a shorter one, a participant has reconnected. */
const ABSENCE = 60_000;
/** Milliseconds without a reconnection after which the next one is another moment. */
const QUIET = 600_000;

const FILE_CHANGES = {
  'file-added': 'added',
  'file-renamed': 'renamed',
  'file-deleted': 'deleted',
  'main-file-changed': 'main'
} as const;

/** The effect of an edit on the pad's text, in UTF-16 units; the texts only of large edits. */
export interface EditFact {
  seq: number;
  inserted: number;
  deleted: number;
  insertedText: string;
  deletedText: string;
}

export type MomentDetail =
  | { kind: 'joined'; role: Role }
  | { kind: 'left' }
  /** Gone for a short time, as when a page reloads, and then back; `times` in a row. */
  | { kind: 'reconnected'; times: number }
  /** Absent for `ms`, and then back. */
  | { kind: 'away'; ms: number }
  /** No participant was present for `ms`. */
  | { kind: 'empty'; ms: number }
  | { kind: 'typed'; inserted: number; deleted: number; ms: number }
  | { kind: 'pasted'; length: number }
  /** Text typed without a connection, and sent later. */
  | { kind: 'caught-up'; length: number }
  /** Undo or redo of the author's own text. */
  | { kind: 'restored'; length: number }
  /** Text that the session began with. */
  | { kind: 'given'; length: number }
  | {
      kind: 'ran';
      runId: string;
      language: Language;
      status: RunStatus;
      lines: number;
      error: string | null;
      /** The summary of its tests that it printed; null where it printed none. */
      tests: TestSummary | null;
    }
  | { kind: 'language'; language: Language }
  | { kind: 'title'; title: string }
  /** The question was changed or removed. */
  | { kind: 'question'; removed: boolean }
  | { kind: 'file'; change: 'added' | 'renamed' | 'deleted' | 'main'; name: string }
  | { kind: 'locked'; locked: boolean }
  | { kind: 'role'; role: Role }
  | { kind: 'named'; from: string; name: string }
  /** The participant goes on on another device, which an interviewer confirmed. */
  | { kind: 'moved' }
  | { kind: 'ended' };

/** `by` is a participant's id, null for the server; `at` is UTC milliseconds. */
export type Moment = { seq: number; at: number; by: string | null } & MomentDetail;

/** All moments in order. `edits` are those of the pad. */
export function findMoments(recording: Recording, edits: readonly EditFact[]): Moment[] {
  const finder = new Finder(recording);
  let next = 0;
  for (const edit of edits) {
    for (; (recording.events[next]?.seq ?? Infinity) < edit.seq; next++) {
      finder.event(recording.events[next]);
    }
    finder.edit(edit);
  }
  for (const event of recording.events.slice(next)) finder.event(event);
  finder.end();
  // A departure is known to be one only later; it comes before the absence that it begins.
  const rank = ({ kind }: Moment): number => (kind === 'left' ? 0 : 1);
  return finder.moments.sort((a, b) => a.seq - b.seq || rank(a) - rank(b));
}

type Reconnected = Extract<Moment, { kind: 'reconnected' }>;
type Typing = Extract<Moment, { kind: 'typed' }>;
/** A run; `tail` is the end of its output. */
type Running = Extract<Moment, { kind: 'ran' }> & {
  streamed: boolean;
  open: boolean;
  tail: string;
};

class Finder {
  readonly moments: Moment[] = [];
  readonly #recording: Recording;
  readonly #typing = new Map<string | null, Typing & { last: number }>();
  /** The latest run by id: an id may be used again after the room has forgotten its run. */
  readonly #runs = new Map<string, Running>();
  readonly #present = new Set<string>();
  /** The time and the entry of the departure of each participant who is not back yet. */
  readonly #left = new Map<string, { seq: number; at: number }>();
  /** The last reconnections of each participant, and when the last of them was. */
  readonly #reconnected = new Map<string, Reconnected & { last: number }>();
  /** The entry that announces an edit made without a connection. */
  #caughtUp = -1;
  #emptied: { seq: number; at: number } | null = null;
  /** Large texts that were deleted: inserting them again is no paste. */
  readonly #removed = new Map<string | null, Set<string>>();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  edit(edit: EditFact): void {
    const at = this.#recording.at[edit.seq] ?? 0;
    const by = this.#recording.authors[this.#recording.by[edit.seq] ?? 0] ?? null;
    if (edit.deletedText.length > PASTE) {
      const removed = this.#removed.get(by) ?? new Set();
      this.#removed.set(by, removed.add(edit.deletedText));
    }
    if (edit.inserted > PASTE || by === null) {
      this.#typing.delete(by);
      if (edit.inserted > 0) this.#add(edit.seq, at, by, this.#atOnce(edit, by));
      return;
    }
    let typing = this.#typing.get(by);
    if (!typing || at - typing.last > PAUSE || at - typing.at > STRETCH) {
      typing = { seq: edit.seq, at, by, kind: 'typed', inserted: 0, deleted: 0, ms: 0, last: at };
      this.#typing.set(by, typing);
      this.moments.push(typing);
    }
    typing.inserted += edit.inserted;
    typing.deleted += edit.deleted;
    typing.last = at;
    typing.ms = at - typing.at;
  }

  event(event: LoggedEvent | undefined): void {
    if (!event) return;
    const by = this.#recording.authors[this.#recording.by[event.seq] ?? 0] ?? null;
    const { seq, at } = event;
    switch (event.type) {
      case 'participant-joined':
        this.#join(seq, at, event.payload.userId, event.payload.role);
        break;
      case 'participant-left':
      case 'participant-removed':
        this.#leave(seq, at, event.payload.userId);
        break;
      case 'typing-caught-up':
        this.#caughtUp = seq;
        break;
      case 'language-updated':
        this.#add(seq, at, by, { kind: 'language', language: event.payload.language });
        break;
      case 'title-updated':
        this.#add(seq, at, by, { kind: 'title', title: event.payload.title });
        break;
      case 'question-changed': {
        const removed = event.payload.question.trim() === '';
        this.#add(seq, at, by, { kind: 'question', removed });
        break;
      }
      case 'file-added':
      case 'file-renamed':
      case 'file-deleted':
      case 'main-file-changed':
        this.#add(seq, at, by, {
          kind: 'file',
          change: FILE_CHANGES[event.type],
          name: event.payload.name
        });
        break;
      case 'session-locked':
        this.#add(seq, at, by, { kind: 'locked', locked: event.payload.locked });
        break;
      case 'session-ended':
        this.#add(seq, at, by, { kind: 'ended' });
        break;
      case 'participant-renamed': {
        const { userId, from, username: name } = event.payload;
        this.#add(seq, at, userId, { kind: 'named', from, name });
        break;
      }
      case 'entry-admitted':
        if (event.payload.seat !== undefined) {
          this.#add(seq, at, event.payload.seat, { kind: 'moved' });
        }
        break;
      case 'role-changed':
        this.#add(seq, at, event.payload.userId, { kind: 'role', role: event.payload.role });
        break;
      default:
        this.#run(event, by);
    }
  }

  /** The recording has ended: participants who are not back have left. */
  end(): void {
    for (const [id, { seq, at }] of this.#left) this.#add(seq, at, id, { kind: 'left' });
  }

  #atOnce(edit: EditFact, by: string | null): MomentDetail {
    const length = edit.inserted;
    if (by === null) return { kind: 'given', length };
    if (this.#removed.get(by)?.has(edit.insertedText)) return { kind: 'restored', length };
    if (edit.seq === this.#caughtUp + 1) return { kind: 'caught-up', length };
    return { kind: 'pasted', length };
  }

  #join(seq: number, at: number, id: string, role: Role): void {
    const left = this.#left.get(id);
    if (this.#emptied && at - this.#emptied.at > ABSENCE) {
      this.#add(this.#emptied.seq, this.#emptied.at, null, {
        kind: 'empty',
        ms: at - this.#emptied.at
      });
    }
    this.#left.delete(id);
    this.#emptied = null;
    this.#present.add(id);
    if (left && at - left.at <= ABSENCE) {
      this.#reconnect(left.seq, left.at, id);
      return;
    }
    if (left) {
      this.#add(left.seq, left.at, id, { kind: 'left' });
      this.#add(left.seq, left.at, id, { kind: 'away', ms: at - left.at });
    }
    this.#add(seq, at, id, { kind: 'joined', role });
  }

  #reconnect(seq: number, at: number, by: string): void {
    let moment = this.#reconnected.get(by);
    if (!moment || at - moment.last > QUIET) {
      moment = { seq, at, by, kind: 'reconnected', times: 0, last: at };
      this.#reconnected.set(by, moment);
      this.moments.push(moment);
    }
    moment.times += 1;
    moment.last = at;
  }

  #leave(seq: number, at: number, id: string): void {
    this.#typing.delete(id);
    this.#left.set(id, { seq, at });
    if (this.#present.delete(id) && this.#present.size === 0) this.#emptied = { seq, at };
  }

  #run(event: LoggedEvent, by: string | null): void {
    switch (event.type) {
      case 'execute-code':
        this.#typing.delete(by);
        this.#startRun(event.seq, event.at, by, event.payload.runId, event.payload.language);
        break;
      case 'execution-output': {
        const run = this.#runs.get(event.payload.runId);
        if (!run?.open) break;
        run.streamed = true;
        for (const chunk of event.payload.chunks) {
          run.lines += linesIn(chunk.data, 'mime' in chunk);
          if ('stream' in chunk && chunk.stream !== 'stdin') print(run, chunk.data);
        }
        break;
      }
      case 'execution-result': {
        const { runId, status, error, output } = event.payload;
        const language = this.#recording.firstLanguage ?? this.#recording.session.language;
        const run =
          this.#runs.get(runId) ?? this.#startRun(event.seq, event.at, by, runId, language);
        if (!run.open) break;
        run.open = false;
        run.status = status;
        run.error = error === null || error === '' ? null : gist(error);
        if (!run.streamed) {
          run.lines += linesIn(output, true);
          print(run, output);
        }
        run.tests = testSummary(run.tail);
        run.tail = '';
        break;
      }
    }
  }

  #startRun(
    seq: number,
    at: number,
    by: string | null,
    runId: string,
    language: Language
  ): Running {
    const run = {
      ...{ seq, at, by, kind: 'ran' as const, runId, language },
      ...{ status: 'running' as const, lines: 0, error: null, tests: null },
      ...{ streamed: false, open: true, tail: '' }
    };
    this.#runs.set(runId, run);
    this.moments.push(run);
    return run;
  }

  #add(seq: number, at: number, by: string | null, detail: MomentDetail): void {
    this.moments.push({ seq, at, by, ...detail });
  }
}

function print(run: Running, data: string): void {
  run.tail = (run.tail + data.slice(-SUMMARY_TAIL)).slice(-SUMMARY_TAIL);
}

/** Lines in `data`; of `whole` text, a last line without a line end counts too. */
function linesIn(data: string, whole: boolean): number {
  let lines = 0;
  for (let at = data.indexOf('\n'); at !== -1; at = data.indexOf('\n', at + 1)) lines++;
  return whole && data !== '' && !data.endsWith('\n') ? lines + 1 : lines;
}

/** The line of a traceback that names the error: after Python's frames, before JavaScript's. */
function gist(error: string): string {
  const lines = error.trimEnd().split('\n');
  return (lines.findLast(line => /^\S/.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 200);
}
