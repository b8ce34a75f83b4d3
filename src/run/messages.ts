/**
 * What the page, the frame and its workers say to each other, and how the page reads it.
 *
 * The page speaks to the frame over one MessagePort, and to each worker over a MessagePort of its
 * own, which the frame only hands on. A person's code runs in the worker, so whatever comes out of
 * there is read as hostile.
 */
import { LIMITS, type Chunk, type Location, type Place } from '../protocol/wire';

/** The one window message: it carries the port over which page and frame then speak. */
export const HANDSHAKE = 'arena-sandbox';

/** Files that a worker gets, by asset name. */
export type Files = Record<string, ArrayBuffer>;

export type PageToFrame =
  /** WebAssembly to compile, once for all workers; languages that have some. */
  | { type: 'compile'; wasm: ArrayBuffer }
  /** The worker's script, and files that each worker gets. */
  | { type: 'load'; script: ArrayBuffer; files: Files }
  /** Start a worker, without one of the files if that is said; its port rides along. */
  | { type: 'spawn'; id: number; without: string | null }
  | { type: 'kill'; id: number }
  | { type: 'ping' };

export type FrameToPage =
  | { type: 'hello' }
  | { type: 'loaded' }
  | { type: 'failed'; message: string }
  | { type: 'crashed'; id: number; message: string }
  | { type: 'pong' };

/** First message to a new worker, from the frame; its port rides along. */
export interface WorkerStart {
  module: WebAssembly.Module | null;
  files: Files;
}

/** A person's program: its main file's name and text, and the text of each other file by name. */
export interface Source {
  main: string;
  code: string;
  files: Readonly<Record<string, string>>;
}

/** Packages for a worker: wheels by their file names, which of their modules programs import, and
 * a word on what packages there are. */
export interface PackageFiles {
  files: Files;
  modules: readonly string[];
  note: string;
}

export type PageToWorker =
  /** Run a program. `stdin` is what it is given to read, `asks` whether somebody can be asked. */
  | (Source & { type: 'run'; stdin: string | null; asks: boolean; keepState: boolean })
  /** To `ask`: a line of text, or null for the end of all input. */
  | { type: 'answer'; text: string | null }
  /** To `need`, or ahead of it: install these packages. */
  | ({ type: 'packages' } & PackageFiles);

export type WorkerToPage =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  | { type: 'output'; chunks: Chunk[] }
  /** The program waits for an answer. */
  | { type: 'ask'; prompt: string }
  /** The program imports modules that are not Python's own. */
  | { type: 'need'; modules: string[] }
  /** The packages are installed. A worker that is `spent` did not survive that. */
  | { type: 'furnished'; spent: boolean }
  /** It has ended. A worker that is `spent` can run nothing more. */
  | { type: 'done'; error: string | null; location: Location | null; spent: boolean };

/** Mime types that a runner may emit; everything else is dropped. */
export const MIME_TYPES: readonly string[] = [
  'application/vnd.arena.table+json',
  'text/html',
  'image/svg+xml',
  'image/png',
  'image/jpeg',
  'text/latex',
  'text/markdown',
  'text/plain'
];

/** Text of an error, UTF-16 units; the rest is cut. */
export const ERROR_LIMIT = 16 * 1024;

/** Values displayed in one run; what comes after is dropped. */
export const DISPLAY_LIMIT = 200;

/** Questions of one run: more than anybody answers. */
export const QUESTION_LIMIT = 1000;

/** Read what a frame sent; null for what is none of its messages. */
export function readFrameMessage(data: unknown): FrameToPage | null {
  if (!isObject(data)) {
    return null;
  }
  switch (data.type) {
    case 'hello':
    case 'loaded':
    case 'pong':
      return { type: data.type };
    case 'failed':
      return { type: 'failed', message: boundedText(data.message) };
    case 'crashed':
      return typeof data.id === 'number'
        ? { type: 'crashed', id: data.id, message: boundedText(data.message) }
        : null;
    default:
      return null;
  }
}

/** Read what a worker sent; null for what is none of its messages. */
export function readWorkerMessage(data: unknown): WorkerToPage | null {
  if (!isObject(data)) {
    return null;
  }
  switch (data.type) {
    case 'ready':
      return { type: 'ready' };
    case 'failed':
      return { type: 'failed', message: boundedText(data.message) };
    case 'done':
      return {
        type: 'done',
        error: data.error === null ? null : boundedText(data.error),
        location: readLocation(data.location),
        spent: data.spent !== false
      };
    case 'ask':
      return typeof data.prompt === 'string'
        ? { type: 'ask', prompt: wellFormed(data.prompt.slice(0, LIMITS.input)) }
        : null;
    case 'need':
      return Array.isArray(data.modules)
        ? { type: 'need', modules: data.modules.slice(0, 100).filter(isName) }
        : null;
    case 'furnished':
      return { type: 'furnished', spent: data.spent !== false };
    case 'output':
      return Array.isArray(data.chunks)
        ? { type: 'output', chunks: data.chunks.slice(0, 1000).flatMap(readChunk) }
        : null;
    default:
      return null;
  }
}

/** The chunk with only its own fields, or nothing where it is none. */
function readChunk(value: unknown): Chunk[] {
  if (!isObject(value) || typeof value.data !== 'string') {
    return [];
  }
  if (value.data.length > ('stream' in value ? LIMITS.chunk : LIMITS.value)) {
    return [];
  }
  const data = wellFormed(value.data);
  if (value.stream === 'stdout' || value.stream === 'stderr' || value.stream === 'stdin') {
    return [{ stream: value.stream, data }];
  }
  if (typeof value.mime === 'string' && MIME_TYPES.includes(value.mime)) {
    return [{ mime: value.mime, data }];
  }
  return [];
}

function readLocation(value: unknown): Location | null {
  const place = readPlace(value);
  const end = place && isObject(value) ? readPlace(value.end) : null;
  return place && end ? { ...place, end } : place;
}

function readPlace(value: unknown): Place | null {
  if (!isObject(value)) {
    return null;
  }
  const { line, column } = value;
  return isCount(line) && line > 0 && isCount(column) ? { line, column } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 100;
}

/** Text without lone surrogates: those have no UTF-8 form, and a server would choke on them. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function boundedText(value: unknown): string {
  return typeof value === 'string' ? wellFormed(value.slice(0, ERROR_LIMIT)) : 'Unknown error';
}

/** Any message, before it is known to be one. */
interface Unread {
  type?: unknown;
  id?: unknown;
  message?: unknown;
  error?: unknown;
  chunks?: unknown;
  stream?: unknown;
  mime?: unknown;
  data?: unknown;
  prompt?: unknown;
  modules?: unknown;
  location?: unknown;
  spent?: unknown;
  line?: unknown;
  column?: unknown;
  end?: unknown;
}

function isObject(value: unknown): value is Unread {
  return typeof value === 'object' && value !== null;
}
