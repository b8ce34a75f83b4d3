/** The contract in TypeScript. Generated from `arena_ext/protocol/arena.v1.json` by `make contract`. */

/** A programming language; the first is the default. */
export type Language = 'javascript' | 'python' | 'typescript' | 'sql';
/** The role of a participant. */
export type Role = 'interviewer' | 'candidate' | 'observer';
/** The state of a session. */
export type SessionStatus = 'open' | 'locked' | 'ended';
/** A CRDT document: `pad` is everybody's, `notes` the interviewers' only. */
export type DocumentName = 'pad' | 'notes';
/** A stream of output. `stdin` is input that the program read, shown where it was read as on a terminal. */
export type Stream = 'stdout' | 'stderr' | 'stdin';
/** The end of a run, as the browser that ran it reports it. */
export type RunEnd = 'ok' | 'error' | 'stopped' | 'timeout';
/** The state of a run: `running` before its end, `lost` if its browser went away. */
export type RunStatus = RunEnd | ('running' | 'lost');
/** A piece of output: text on a stream, or a value in a mime type. */
export type Chunk =
  | {
      stream: Stream;
      data: string;
    }
  | {
      mime: string;
      data: string;
    };

/** The events that a client may send, by type. */
export interface ClientEvents {
  /** The first event of a `json.v1` client, within 10 s; the answer is `session-state`. With open access, the `userId` of an earlier join makes the client the same participant again. */
  'join-session': {
    username: string;
    token?: string;
    userId?: string;
  };
  /** The server closes with 1000. */
  'leave-session': {
    userId?: string;
  };
  /** The whole text of the main file. Becomes an edit of the one differing span. */
  'code-change': {
    changes: string;
  };
  /** A cursor in the main file, for everybody. */
  'cursor-move': {
    cursor: Cursor;
  };
  /** Becomes `language-updated`. */
  'language-change': {
    language: Language;
  };
  /** Markdown. Interviewers only. Becomes `question-changed`. */
  'question-change': {
    question: string;
  };
  /** The sender's own name, also while the session is locked. Becomes `participant-renamed`. */
  'name-change': {
    name: string;
  };
  /** Becomes `file-added`. */
  'file-add': {
    name: string;
  };
  /** Becomes `file-renamed`. */
  'file-rename': {
    from: string;
    to: string;
  };
  /** Becomes `file-deleted`. The main file cannot be deleted. */
  'file-delete': {
    name: string;
  };
  /** Becomes `main-file-changed`. */
  'file-main': {
    name: string;
  };
  /** Start of a run in the sender's browser: the server runs nothing. `code` is the text of the main file, `main` its name, `files` has the texts of the other files by name. */
  'execute-code': {
    runId?: string;
    language: Language;
    code: string;
    main?: string;
    files?: Readonly<Record<string, string>>;
  };
  /** Output of a run. A chunk is `{stream, data}` with the stream `stdout`, `stderr` or `stdin`, or `{mime, data}`. An event with an empty `data` is refused. */
  'execution-output': {
    runId: string;
    chunks: readonly Chunk[];
  };
  /** End of a run. `error` is text or null; `status` is `ok`, `error`, `stopped` or `timeout`; `location` is the place of the error in the main file. */
  'execution-result': {
    runId?: string;
    output?: string;
    error: string | null;
    durationMs?: number;
    status?: RunEnd;
    location?: Location;
  };
  /** The program waits for an answer. Only from the participant who started the run, one question at a time. */
  'input-request': {
    runId: string;
    prompt: string;
  };
  /** The answer, a line of text, or null for the end of all input. Only from the participant who started the run. */
  'input-reply': {
    runId: string;
    text: string | null;
  };
}
/** A cursor in a text: lines count from 1, columns from 0 in UTF-16 units. */
export interface Cursor {
  line: number;
  column: number;
}
/** A place in a text: lines count from 1, columns from 0 in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}
/** The place of an error in the main file, and its end if that is known. */
export interface Location {
  line: number;
  column: number;
  end?: Place;
}
/** A participant as everybody sees them. */
export interface User {
  id: string;
  name: string;
  color: string;
  role: Role;
}
/** A guest in the waiting room; `seat` is the participant whose place the guest asks for, on another device. */
export interface WaitingGuest {
  id: string;
  name: string;
  color: string;
  role: Role;
  seat?: string;
}
/** A session as REST answers it. */
export interface Session {
  id: string;
  /** ISO 8601, in UTC. */
  createdAt: string;
  /** The text of the main file. */
  code: string;
  language: Language;
  title: string;
  /** The subject of the interview, in Markdown; empty if none is set. */
  question: string;
  status: SessionStatus;
  /** The path of the page for guests. */
  url: string;
}
/** A file of the pad: its name for people, and the Y.Text root of its text. */
export interface PadFile {
  name: string;
  root: string;
}
/** One execution, as the log has it. Times are UTC milliseconds on the server's clock. */
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
  /** True if its chunks were dropped to stay within the limit `outputKept`. */
  trimmed: boolean;
  /** The place of the error in the code; null if it is not known. */
  location: Location | null;
  /** The name of the main file; null if the client did not send it. */
  main: string | null;
  /** The other files' texts by name; null if they were dropped to stay within the limit `filesKept`. */
  files: Readonly<Record<string, string>> | null;
  /** The prompt of the program's open question; null if it waits for no answer. */
  asks: string | null;
}
/** The events of the log, by type. `userId` is the author. */
export interface LoggedEvents {
  /** A participant is in the session now. */
  'participant-joined': {
    userId: string;
    username: string;
    color: string;
    role: Role;
  };
  /** The participant is off the roster. */
  'participant-left': {
    userId: string;
  };
  /** The participant was called `from`, and is called `username` now. */
  'participant-renamed': {
    userId: string;
    from: string;
    username: string;
  };
  /** An interviewer (`by`) removed the participant, whose sockets close with 4411. */
  'participant-removed': {
    userId: string;
    by?: string | null;
  };
  /** The author's next edit was made earlier, while the server could not receive it. The server asked for it, and it arrives at once. */
  'typing-caught-up': {
    userId: string;
  };
  /** The session has another language. */
  'language-updated': {
    userId: string | null;
    language: Language;
  };
  /** A new file with an empty text. */
  'file-added': {
    userId: string | null;
    name: string;
    root: string;
  };
  /** The file `root` was called `from`, and is called `name` now. */
  'file-renamed': {
    userId: string | null;
    from: string;
    name: string;
    root: string;
  };
  /** The file is not shown any more. Its text stays in the log. */
  'file-deleted': {
    userId: string | null;
    name: string;
    root: string;
  };
  /** Another file is the main file. */
  'main-file-changed': {
    userId: string | null;
    name: string;
    root: string;
  };
  /** The session has another title. */
  'title-updated': {
    userId: string | null;
    title: string;
  };
  /** Markdown, empty for none. A client that shows it must treat its markup as hostile. */
  'question-changed': {
    userId: string | null;
    question: string;
  };
  /** The session is locked (only interviewers write), or open again. */
  'session-locked': {
    userId: string | null;
    locked: boolean;
  };
  /** The session has ended for good. */
  'session-ended': {
    userId: string | null;
  };
  /** The participant has another role; `by` is the interviewer who gave it. */
  'role-changed': {
    userId: string;
    role: Role;
    by?: string | null;
  };
  /** Guests go to the waiting room from now on, or no longer. */
  'entry-changed': {
    userId: string | null;
    askToEnter: boolean;
  };
  /** A guest is in the waiting room; with `seat`, a guest who says to be that participant, on another device. */
  'entry-requested': {
    userId: string;
    username: string;
    color: string;
    role: Role;
    seat?: string;
  };
  /** The guest has left the waiting room without an answer: no connection of the guest was open for a while. The guest may ask again with the same token. */
  'entry-withdrawn': {
    userId: string;
  };
  /** An interviewer (`by`) admitted the guest; with `seat`, as that participant, whose other tokens and sockets (4409) end. */
  'entry-admitted': {
    userId: string;
    by?: string | null;
    seat?: string;
  };
  /** An interviewer (`by`) declined the guest. */
  'entry-declined': {
    userId: string;
    by?: string | null;
  };
  /** Start of a run in the author's browser. `main` and `files` are there if the client sent them. */
  'execute-code': {
    userId: string | null;
    runId: string;
    language: Language;
    code: string;
    main?: string;
    files?: Readonly<Record<string, string>>;
  };
  /** Output of a run. */
  'execution-output': {
    userId: string | null;
    runId: string;
    chunks: readonly Chunk[];
  };
  /** End of a run. For `json.v1`, `output` is all that the run printed. */
  'execution-result': {
    userId: string | null;
    runId: string;
    output: string;
    error: string | null;
    durationMs: number | null;
    status: RunEnd;
    location?: Location;
  };
  /** The program waits for an answer. The prompt counts as output of the run. */
  'input-request': {
    userId: string | null;
    runId: string;
    prompt: string;
  };
  /** The answer, or null for the end of all input. It counts as output of the run, on the stream `stdin`. */
  'input-reply': {
    userId: string | null;
    runId: string;
    text: string | null;
  };
}
/** The events that the server alone sends; they are in no log. */
export interface ServerOnlyEvents {
  /** The first event after a join: the session (for `json.v1` with the code in `session.code`), the receiver, the people who are present, all participants ever, the files, the root of the main file, the last runs, and the number of the last log entry that this includes, in the numbers of the receiver. For interviewers also whether there is a waiting room, and the guests in it. Sent again after each change of the receiver's role. */
  'session-state': {
    session: Session;
    user: User;
    users: readonly User[];
    participants: readonly User[];
    files: readonly PadFile[];
    main: string;
    runs: readonly Run[];
    seq: number;
    askToEnter?: boolean;
    waiting?: readonly WaitingGuest[];
  };
  /** The receiver is in the waiting room, and receives nothing else until an interviewer decides: then `session-state`, or close code 4412; a guest with a `seat` gets 1001, and connects again as that participant. A newer connection of the same guest takes its place (4409). */
  waiting: Readonly<Record<string, never>>;
  /** `seq` is stored, in the numbers of the receiver. `count` is the number of this connection's edits and events that are handled, in the order of sending: stored, or without a need to be stored. */
  saved: {
    seq: number;
    count: number;
  };
  /** An event, an edit or presence was refused. `code` is `denied`, `invalid`, `missing`, `text-full`, `waiting`, `not-joined` or `client-id-taken`; `id` is the event's, and `client` the client id that is somebody else's: send the same again under a new one. */
  error: {
    code: string;
    message: string;
    id?: string;
    client?: number;
  };
  /** `ok` is false while the server cannot store, and confirms nothing; it is true when the server can store again. */
  storage: {
    ok: boolean;
  };
  /** The roster, for `json.v1`. */
  'presence-update': {
    users: readonly User[];
  };
  /** The text of the main file, for `json.v1`: at most ten times a second, and less often if sending it to all takes long. */
  'code-update': {
    userId: string | null;
    code: string;
  };
  /** The cursor of a participant, for `json.v1`. */
  'cursor-update': {
    userId: string;
    cursor: Cursor;
  };
}

/** All languages; the first is the default. */
export const LANGUAGES = ['javascript', 'python', 'typescript', 'sql'] as const;

/** The names of languages for people. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  javascript: 'JavaScript',
  python: 'Python',
  typescript: 'TypeScript',
  sql: 'SQL (SQLite)'
};

/** The endings of a language's file names; the first is that of a new file. */
export const EXTENSIONS: Readonly<Record<Language, readonly [string, ...string[]]>> = {
  javascript: ['js', 'mjs', 'cjs', 'jsx'],
  python: ['py', 'pyi'],
  typescript: ['ts', 'mts'],
  sql: ['sql']
};

/** Y.Text root of the pad's first file. Further files are `code/1`, `code/2` and so on; a number is never used twice. */
export const MAIN_FILE = 'code';

/** Y.Text root of the notes. */
export const NOTES = 'notes';

/** The subprotocol of our own pages: binary sync and presence, JSON events. */
export const SUBPROTOCOL = 'arena.v1';

/** Prefix of the entry in a WebSocket's subprotocol list that carries the participant token. */
export const TOKEN_PREFIX = 'token.';

/** The first varint of a binary frame. */
export const FRAME = {
  /** A sync message of the pad, as in y-protocols. */
  sync: 0,
  /** Presence, as in y-protocols. */
  awareness: 1,
  /** A request for everybody's presence, as in y-protocols. The answer contains at least the presence of the sender. */
  queryAwareness: 3,
  /** The name of a document, then a sync message. */
  document: 100
} as const;

/** The first varint of a sync message. */
export const SYNC = {
  /** A state vector; a request for all edits that it lacks. */
  step1: 0,
  /** An update; the answer to `step1`. */
  step2: 1,
  /** An update: one more edit. */
  update: 2,
  /** `arena.v1` only. From the server: a hash of the stored texts. From a page with other texts: its state vector, to be answered as `step1` is. */
  check: 3
} as const;

/** The reasons why the server closed a socket. */
export const CLOSE = {
  /** A binary frame that breaks the protocol, an edit that fails validation, or an edit that crashed the CRDT engine twice. */
  malformed: 4400,
  /** No such session, or no valid token for it; the code deliberately does not tell which. */
  refused: 4403,
  /** A JSON client did not send `join-session` in time. */
  joinTimeout: 4408,
  /** This guest waits over a newer connection: the waiting room has one for each guest. Or an interviewer has confirmed that this participant goes on on another device; the token is invalid then. */
  replaced: 4409,
  /** The session has ended. */
  ended: 4410,
  /** An interviewer removed this participant; the token is invalid. */
  removed: 4411,
  /** An interviewer declined this guest. */
  declined: 4412,
  /** The text would grow past the limit `text`, or the history of the document past its limit. */
  textFull: 4413,
  /** This client reads too slowly: too many bytes waited behind the message that is being sent. */
  tooSlow: 4414,
  /** More frames, bytes, work, sockets or joins than allowed, or the session is closed for a minute because its edits crash the CRDT engine. */
  flood: 4429
} as const;

/** Bounds that the server enforces and a client keeps to. */
export const LIMITS = {
  /** One WebSocket message. The WebSocket layer assembles up to this size before any check of the content. Unit: bytes. */
  frame: 262144,
  /** All text of one document, in UTF-8: an interview, not an archive. Unit: bytes. */
  text: 1048576,
  /** A display name. A join may send more; the server cuts it. Unit: characters. */
  name: 64,
  /** The title of a session, and the label of an invite. Unit: characters. */
  title: 120,
  /** The question of a session, in Markdown: a few pages, not a book. Unit: characters. */
  question: 32768,
  /** The name of a file. Unit: characters. */
  fileName: 64,
  /** Files of a session. Unit: files. */
  files: 32,
  /** An identifier that a client chose: of an event, or of a run. Unit: characters. */
  id: 64,
  /** All output of one run, as `chunkCost` counts it. A client drops further output, with a notice in its place. Unit: characters. */
  output: 1048576,
  /** One chunk of a stream of output, and the text of an error. Unit: characters. */
  chunk: 65536,
  /** One displayed value, for example a picture in base64: it fits in a frame. Unit: characters. */
  value: 196608,
  /** Chunks in one event. Unit: chunks. */
  chunks: 256,
  /** The least that a chunk counts in the limits `output` and `outputKept`, however short its text. Text that follows text of the same stream joins its chunk, up to the limit `chunk`. Unit: characters. */
  chunkCost: 128,
  /** A program's prompt, and the answer to it. Unit: characters. */
  input: 16384,
  /** Runs in a session's state, newest last. Unit: runs. */
  runs: 20,
  /** Output in a session's state, over all its runs, as `chunkCost` counts it. Older runs lose their output. Unit: characters. */
  outputKept: 1048576,
  /** Code and errors in a session's state, over all its runs. Older runs are dropped. Unit: characters. */
  codeKept: 1048576,
  /** Text of files other than the main file in a session's state, over all its runs. Older runs lose these texts. Unit: characters. */
  filesKept: 1048576,
  /** The longest validity of an invite. Unit: seconds. */
  inviteExpires: 7776000,
  /** The largest number of people that an invite may state. Without a number it admits any number. Unit: people. */
  inviteUses: 1000
} as const;

/** The types of events that are in the log. */
export const LOGGED_TYPES: readonly (keyof LoggedEvents)[] = [
  'participant-joined',
  'participant-left',
  'participant-renamed',
  'participant-removed',
  'typing-caught-up',
  'language-updated',
  'file-added',
  'file-renamed',
  'file-deleted',
  'main-file-changed',
  'title-updated',
  'question-changed',
  'session-locked',
  'session-ended',
  'role-changed',
  'entry-changed',
  'entry-requested',
  'entry-withdrawn',
  'entry-admitted',
  'entry-declined',
  'execute-code',
  'execution-output',
  'execution-result',
  'input-request',
  'input-reply'
];

/** The types of events that only the server says. */
export const SERVER_ONLY_TYPES: readonly (keyof ServerOnlyEvents)[] = [
  'session-state',
  'waiting',
  'saved',
  'error',
  'storage',
  'presence-update',
  'code-update',
  'cursor-update'
];
