/**
 * The wire, as TypeScript sees it: names, shapes, close codes, limits.
 *
 * `arena_ext/protocol/wire.py` is the same page for the server; a test compares the two.
 */

export const LANGUAGES = ['javascript', 'python', 'typescript', 'sql'] as const;
export type Language = (typeof LANGUAGES)[number];

export type Role = 'interviewer' | 'candidate' | 'observer';
export type SessionStatus = 'open' | 'locked' | 'ended';

/** The CRDT documents: `pad` is everybody's, `notes` the interviewers' alone. */
export type DocumentName = 'pad' | 'notes';

/** Y.Text root of the pad's first file; a further file is `code/<seq>`, by the entry that added it. */
export const MAIN_FILE = 'code';
/** Y.Text root of the notes. */
export const NOTES = 'notes';

/** Subprotocol that our own pages speak: binary sync and presence, JSON events. */
export const SUBPROTOCOL = 'arena.v1';
/** Prefix of the second subprotocol entry, which carries the participant token. */
export const TOKEN_PREFIX = 'token.';

/** First varint of a binary frame. 0, 1 and 3 are y-protocols' own and mean the pad. */
export const FRAME_SYNC = 0;
export const FRAME_AWARENESS = 1;
/** A request for everybody's presence; the server answers with the asker's own at least. */
export const FRAME_QUERY_AWARENESS = 3;
/** Followed by the document's name and a sync message. */
export const FRAME_DOCUMENT = 100;

/**
 * Why the server closed a socket. Every code is an end unless said otherwise. A message over
 * `LIMITS.frame` is closed by the WebSocket layer itself, with 1009.
 */
export const CLOSE = {
  /** A binary frame that breaks the protocol, or an edit that fails validation. */
  malformed: 4400,
  /** No such session, or no valid token for it; deliberately not told apart. */
  refused: 4403,
  /** A JSON client did not send `join-session` in time. */
  joinTimeout: 4408,
  /** The session has ended. */
  ended: 4410,
  /** An interviewer removed this participant; their token is worth nothing any more. */
  removed: 4411,
  /** An interviewer did not let this person in. */
  declined: 4412,
  /** The text, or all that was ever written in it, would grow past its limit. */
  textFull: 4413,
  /** This client reads too slowly; it may reconnect and resync. */
  tooSlow: 4414,
  /** More frames or bytes a second than allowed; it may reconnect later. */
  flood: 4429
} as const;

/** Bounds that the server enforces and a client keeps to. Units in the comment. */
export const LIMITS = {
  /** One WebSocket message, bytes. */
  frame: 256 * 1024,
  /** All text of one document, UTF-16 units. */
  text: 1024 * 1024,
  /** A display name, characters. */
  name: 64,
  /** A session's title, characters. */
  title: 120,
  /** A session's question, UTF-16 units. */
  question: 32 * 1024,
  /** A file's name, characters. */
  fileName: 64,
  /** Files of a session. */
  files: 32,
  /** All output of one run, UTF-16 units; what comes after it is dropped, and that is said. */
  output: 1024 * 1024,
  /** One chunk of a stream of output, UTF-16 units. */
  chunk: 64 * 1024,
  /** One value that is shown, a picture's base64 for example, UTF-16 units: it fits a frame. */
  value: 192 * 1024,
  /** What a program may ask in one prompt, and what may be answered, UTF-16 units. */
  input: 16 * 1024,
  /** Runs that a session's state remembers, newest last. */
  runs: 20,
  /** Output that a session's state remembers over all its runs, UTF-16 units. */
  outputKept: 1024 * 1024,
  /** Code and errors that it remembers over all its runs, UTF-16 units. */
  codeKept: 1024 * 1024,
  /** Text of other files than the main one that it remembers over all its runs, UTF-16 units. */
  filesKept: 1024 * 1024
} as const;

/** A participant as everybody sees them. `color` is `#rrggbb`. */
export interface User {
  id: string;
  name: string;
  color: string;
  role: Role;
}

/** A session as REST answers it. `createdAt` is ISO 8601, UTC. */
export interface Session {
  id: string;
  createdAt: string;
  code: string;
  language: Language;
  title: string;
  /** What the interview is about, in Markdown; empty while nobody has set one. */
  question: string;
  status: SessionStatus;
  url: string;
}

/** A file of the pad: its name for people, and the Y.Text root of its text. */
export interface PadFile {
  readonly name: string;
  readonly root: string;
}

/** `stdin` is what a program was given to read, shown where it was read as on a terminal. */
export type Stream = 'stdout' | 'stderr' | 'stdin';

/** A piece of output: text on a stream, or a value in a mime type. */
export type Chunk = { stream: Stream; data: string } | { mime: string; data: string };

/** A place in a text: lines count from 1, columns from 0 in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** Where an error is: its place, and where that ends if it is known. */
export interface Location extends Place {
  end?: Place;
}

/** How a run ended; `lost` when its browser went away, `running` before any of them. */
export type RunStatus = 'running' | 'ok' | 'error' | 'stopped' | 'timeout' | 'lost';

/** One execution, as the log tells it. Times are UTC milliseconds on the server's clock. */
export interface Run {
  id: string;
  userId: string | null;
  language: Language;
  code: string;
  startedAt: number;
  chunks: readonly Chunk[];
  status: RunStatus;
  error: string | null;
  durationMs: number | null;
  /** True once its chunks were dropped to stay within `LIMITS.outputKept`. */
  trimmed: boolean;
  /** Where in the code the error is; null where that is not known. */
  location: Location | null;
  /** What the main file was called; null where nobody said. */
  main: string | null;
  /** The other files' texts by name; null once they were dropped to stay within `LIMITS.filesKept`. */
  files: Readonly<Record<string, string>> | null;
  /** The prompt of the question that its program waits with; null while it asks nothing. */
  asks: string | null;
}

/** What a client may say, by type. */
export interface ClientEvents {
  'join-session': { username: string; token?: string; userId?: string };
  'leave-session': { userId?: string };
  'code-change': { changes: string };
  'cursor-move': { cursor: { line: number; column: number } };
  'language-change': { language: Language };
  'question-change': { question: string };
  'file-add': { name: string };
  'file-rename': { from: string; to: string };
  'file-delete': { name: string };
  'file-main': { name: string };
  /** `code` is the text of the main file, which is called `main`; `files` has the others' by name. */
  'execute-code': {
    runId?: string;
    language: Language;
    code: string;
    main?: string;
    files?: Readonly<Record<string, string>>;
  };
  'execution-output': { runId: string; chunks: Chunk[] };
  'execution-result': {
    runId?: string;
    output?: string;
    error: string | null;
    durationMs?: number;
    status?: RunStatus;
    location?: Location;
  };
  /** The program asks, of whoever runs it. */
  'input-request': { runId: string; prompt: string };
  /** The answer, a line of text; null for the end of all input. */
  'input-reply': { runId: string; text: string | null };
}

/** What is in the log and goes to everybody, by type. `userId` is the author. */
export interface LoggedEvents {
  'participant-joined': { userId: string; username: string; color: string; role: Role };
  'participant-left': { userId: string };
  /** `by` is the interviewer who did it; null for one who never came in. */
  'participant-removed': { userId: string; by?: string | null };
  /** The next edit of theirs was made before, where the server could not hear it, and comes at once. */
  'typing-caught-up': { userId: string };
  'language-updated': { userId: string | null; language: Language };
  'file-added': { userId: string | null; name: string; root: string };
  'file-renamed': { userId: string | null; from: string; name: string; root: string };
  'file-deleted': { userId: string | null; name: string; root: string };
  'main-file-changed': { userId: string | null; name: string; root: string };
  'title-updated': { userId: string | null; title: string };
  'question-changed': { userId: string | null; question: string };
  'session-locked': { userId: string | null; locked: boolean };
  'session-ended': { userId: string | null };
  'role-changed': { userId: string; role: Role; by?: string | null };
  /** Whether guests wait to be let in, who waits, and the answers: for interviewers alone. */
  'entry-changed': { userId: string | null; askToEnter: boolean };
  'entry-requested': { userId: string; username: string; color: string; role: Role };
  'entry-admitted': { userId: string; by?: string | null };
  'entry-declined': { userId: string; by?: string | null };
  'execute-code': {
    userId: string | null;
    runId: string;
    language: Language;
    code: string;
    main?: string;
    files?: Readonly<Record<string, string>>;
  };
  'execution-output': { userId: string | null; runId: string; chunks: Chunk[] };
  'execution-result': {
    userId: string | null;
    runId: string;
    output: string;
    error: string | null;
    durationMs: number | null;
    status: RunStatus;
    location?: Location;
  };
  'input-request': { userId: string | null; runId: string; prompt: string };
  'input-reply': { userId: string | null; runId: string; text: string | null };
}

/** The snapshot: the fold of the log so far, first thing after a join. */
export interface SessionStateEvent {
  session: Session;
  /** Who this connection is. */
  user: User;
  /** Who is here now. */
  users: User[];
  /** Everybody who was ever here: authors of old runs have a name. */
  participants: User[];
  files: PadFile[];
  /** The root of the main file. */
  main: string;
  runs: Run[];
  /** The last entry that this snapshot includes. */
  seq: number;
  /** For interviewers: whether guests wait to be let in, and who does. */
  askToEnter?: boolean;
  waiting?: User[];
}

/** What only the server says, never in the log. */
export interface ServerOnlyEvents {
  'session-state': SessionStateEvent;
  /** All that somebody hears who has not been let in. */
  waiting: Readonly<Record<string, never>>;
  'presence-update': { users: User[] };
  'code-update': { userId: string | null; code: string };
  'cursor-update': { userId: string; cursor: { line: number; column: number } };
  /**
   * `seq` is committed. `count` is how many of this connection's edits and events, in the order
   * it sent them, are now stored (or needed no storing): all of them when it equals the number sent.
   */
  saved: { seq: number; count: number };
  /** Whether the server can store at this moment; while it cannot, it confirms nothing. */
  storage: { ok: boolean };
  error: { code: string; message: string; id?: string };
}

export type ClientEvent = {
  [T in keyof ClientEvents]: { type: T; payload: ClientEvents[T]; id?: string };
}[keyof ClientEvents];

export type LoggedEvent = {
  [T in keyof LoggedEvents]: { type: T; payload: LoggedEvents[T]; seq: number; at: number };
}[keyof LoggedEvents];

export type ServerOnlyEvent = {
  [T in keyof ServerOnlyEvents]: { type: T; payload: ServerOnlyEvents[T] };
}[keyof ServerOnlyEvents];

export type ServerEvent = LoggedEvent | ServerOnlyEvent;
