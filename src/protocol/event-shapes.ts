/** Which payloads the fold and the screen can take: an event of another shape is passed over. */
import { LANGUAGES } from './wire';
import type { Chunk, Language, LoggedEvent, LoggedEvents, Role, RunStatus, Stream } from './wire';

type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string';
const textOrNull: Check = value => value === null || typeof value === 'string';
const flag: Check = value => typeof value === 'boolean';
const numberOrNull: Check = value => value === null || Number.isFinite(value);
const oneOf =
  (all: readonly string[]): Check =>
  value =>
    typeof value === 'string' && all.includes(value);

const ROLES: readonly Role[] = ['interviewer', 'candidate', 'observer'];
const STATUSES: readonly RunStatus[] = ['running', 'ok', 'error', 'stopped', 'timeout', 'lost'];
const STREAMS: readonly Stream[] = ['stdout', 'stderr', 'stdin'];
const language = oneOf(LANGUAGES);
const role = oneOf(ROLES);

const textOrNone: Check = value => value === undefined || textOrNull(value);
const textsOrNone: Check = value =>
  value === undefined ||
  (typeof value === 'object' && value !== null && Object.values(value).every(text));
const file = { userId: textOrNull, name: text, root: text };

const PAYLOADS: {
  readonly [T in keyof LoggedEvents]: Readonly<Record<keyof LoggedEvents[T], Check>>;
} = {
  'participant-joined': { userId: text, username: text, color: text, role },
  'participant-left': { userId: text },
  'participant-removed': { userId: text, by: textOrNone },
  'typing-caught-up': { userId: text },
  'language-updated': { userId: textOrNull, language },
  'file-added': file,
  'file-renamed': { ...file, from: text },
  'file-deleted': file,
  'main-file-changed': file,
  'title-updated': { userId: textOrNull, title: text },
  'question-changed': { userId: textOrNull, question: text },
  'session-locked': { userId: textOrNull, locked: flag },
  'session-ended': { userId: textOrNull },
  'role-changed': { userId: text, role, by: textOrNone },
  'entry-changed': { userId: textOrNull, askToEnter: flag },
  'entry-requested': { userId: text, username: text, color: text, role },
  'entry-admitted': { userId: text, by: textOrNone },
  'entry-declined': { userId: text, by: textOrNone },
  'execute-code': {
    userId: textOrNull,
    runId: text,
    language,
    code: text,
    main: value => value === undefined || text(value),
    files: textsOrNone
  },
  'execution-output': {
    userId: textOrNull,
    runId: text,
    chunks: value => Array.isArray(value) && value.every(isChunk)
  },
  'execution-result': {
    userId: textOrNull,
    runId: text,
    output: text,
    error: textOrNull,
    durationMs: numberOrNull,
    status: oneOf(STATUSES),
    location: value => value === undefined || isLocation(value)
  },
  'input-request': { userId: textOrNull, runId: text, prompt: text },
  'input-reply': { userId: textOrNull, runId: text, text: textOrNull }
};

/** Whether an entry's event is one of those that this page knows, in its shape. */
export function isLogged(event: {
  type: string;
  payload: Readonly<Record<string, unknown>>;
  seq: number;
  at: number;
}): event is LoggedEvent {
  if (!Object.hasOwn(PAYLOADS, event.type)) return false;
  const checks: Readonly<Record<string, Check>> = PAYLOADS[event.type as keyof LoggedEvents];
  return Object.entries(checks).every(([key, check]) => check(event.payload[key]));
}

/** Whether `value` names a language that this page has. */
export function isLanguage(value: unknown): value is Language {
  return language(value);
}

function isLocation(value: unknown): boolean {
  if (!isPlace(value)) return false;
  return !('end' in value) || value.end === undefined || isPlace(value.end);
}

function isPlace(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'line' in value &&
    'column' in value &&
    Number.isSafeInteger(value.line) &&
    Number.isSafeInteger(value.column)
  );
}

function isChunk(value: unknown): value is Chunk {
  if (typeof value !== 'object' || value === null || !('data' in value)) return false;
  const named =
    'stream' in value
      ? STREAMS.some(stream => stream === value.stream)
      : 'mime' in value && text(value.mime);
  return named && text(value.data);
}
