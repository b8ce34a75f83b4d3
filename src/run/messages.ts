/**
 * Messages between the page, the frame and its workers, and how the page reads them.
 *
 * The page has one MessagePort to the frame, and one to each worker, which the frame only passes
 * on. A person's code runs in the worker, so each of its messages is read as hostile.
 */
import { isRecord, wellFormed } from '../protocol/json';
import { LIMITS, type Chunk, type Location, type Place } from '../protocol/wire';

/** The one window message: it carries the port to the frame. */
export const HANDSHAKE = 'arena-sandbox';

/** Files that a worker gets, by asset name. */
export type AssetFiles = Record<string, ArrayBuffer>;

export type PageToFrame =
  /** WebAssembly to compile, once for all workers; languages that have some. */
  | { type: 'compile'; wasm: ArrayBuffer }
  /** The worker's script, and files that each worker gets. */
  | { type: 'load'; script: ArrayBuffer; files: AssetFiles }
  /** Start a worker, `without` one of the files; its port is transferred. */
  | { type: 'spawn'; id: number; without: string | null }
  | { type: 'kill'; id: number }
  | { type: 'ping' };

export type FrameToPage =
  | { type: 'hello' }
  | { type: 'loaded' }
  | { type: 'failed'; message: string }
  | { type: 'crashed'; id: number; message: string }
  | { type: 'pong' };

/** First message to a new worker, from the frame; its port is transferred. */
export interface WorkerStart {
  module: WebAssembly.Module | null;
  files: AssetFiles;
}

/** A person's program: its main file's name and text, and the text of each other file by name. */
export interface Source {
  main: string;
  code: string;
  files: Readonly<Record<string, string>>;
}

/**
 * Packages for a worker: wheels by file name, the modules of them that programs import, and a note
 * for people on the available packages.
 */
export interface PackageFiles {
  files: AssetFiles;
  modules: readonly string[];
  note: string;
}

export type PageToWorker =
  /** Run a program. `stdin` is text for it to read, `asks` whether a person can be asked. */
  | (Source & { type: 'run'; stdin: string | null; asks: boolean; keepState: boolean })
  /** The answer to `ask`: a line of text, or null for the end of all input. */
  | { type: 'answer'; text: string | null }
  /** Install these packages: the answer to `need`, or ahead of it. */
  | ({ type: 'packages' } & PackageFiles);

export type WorkerToPage =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  | { type: 'output'; chunks: Chunk[] }
  /** The program waits for an answer. */
  | { type: 'ask'; prompt: string }
  /** The program imports modules that are not Python's own. */
  | { type: 'need'; modules: string[] }
  /** The packages are installed. A worker that is `spent` can run nothing more. */
  | { type: 'packages-installed'; spent: boolean }
  /** The program has ended. A worker that is `spent` can run nothing more. */
  | { type: 'done'; error: string | null; location: Location | null; spent: boolean };

/** Mime types that a runner may emit; all others are dropped. */
const MIME_TYPES: readonly string[] = [
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

/** Values displayed in one run; later ones are dropped. */
export const DISPLAY_LIMIT = 200;

/** Questions of one run: more than a person answers. */
export const QUESTION_LIMIT = 1000;

/** Read a message of a frame; null where it is none. */
export function readFrameMessage(data: unknown): FrameToPage | null {
  if (!isRecord(data)) {
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

/** Read a message of a worker; null where it is none. */
export function readWorkerMessage(data: unknown): WorkerToPage | null {
  if (!isRecord(data)) {
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
    case 'packages-installed':
      return { type: 'packages-installed', spent: data.spent !== false };
    case 'output':
      return Array.isArray(data.chunks)
        ? { type: 'output', chunks: data.chunks.slice(0, 1000).flatMap(readChunk) }
        : null;
    default:
      return null;
  }
}

/** The chunk with only the fields of a chunk; nothing where it is none. */
function readChunk(value: unknown): Chunk[] {
  if (!isRecord(value) || typeof value.data !== 'string') {
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
  const end = place && isRecord(value) ? readPlace(value.end) : null;
  return place && end ? { ...place, end } : place;
}

function readPlace(value: unknown): Place | null {
  if (!isRecord(value)) {
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

function boundedText(value: unknown): string {
  return typeof value === 'string' ? wellFormed(value.slice(0, ERROR_LIMIT)) : 'Unknown error';
}
