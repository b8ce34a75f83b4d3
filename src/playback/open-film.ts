/** Opens the film of a session: fetches its recording, and builds the film in a worker. */
import { Api, ApiError } from '../connection/rest';
import type { Shell } from '../connection/rest';
import { startRuntimeWorker } from '../connection/runtime-worker';
import { Film } from './film';
import type { RecordingPiece, WorkerAnswer } from './messages';
import { Damaged } from './damaged';

/** Result of the check of the hash chain: in progress, unchanged, or why the recording was changed. */
export type Verdict =
  { state: 'checking' } | { state: 'verified' } | { state: 'changed'; message: string };

/** A film, and the result of its check. */
export interface OpenedFilm {
  film: Film;
  /** Resolves when the hash chain is checked; never rejects. */
  verdict: Promise<Verdict>;
}

/** The server and the session of a recording; `token` is a guest's. */
interface RecordingSource {
  shell: Shell;
  sessionId: string;
  token?: string | undefined;
}

/** A session's recording, as it arrives; raises `Error` with a message for people. */
async function fetchRecording(source: RecordingSource): Promise<ReadableStream<Uint8Array>> {
  const { shell, sessionId, token } = source;
  try {
    return await new Api(shell, token).recording(sessionId);
  } catch (error) {
    throw new Error(messageOf(error), { cause: error });
  }
}

function messageOf(error: unknown): string {
  const status = error instanceof ApiError ? error.status : 0;
  switch (status) {
    case 0:
      return 'The server does not answer.';
    case 401:
    case 403:
      return 'Only the interviewers of a session can watch its recording.';
    case 404:
      return 'There is no recording of this session.';
    default:
      return `The recording did not arrive (HTTP ${status}).`;
  }
}

/**
 * Build the film of `recording` in `worker` while it arrives. Raises `Error` with a message for
 * people. Aborting ends the worker.
 */
export function buildInWorker(
  recording: ReadableStream<Uint8Array>,
  worker: Worker,
  abort: AbortSignal
): Promise<OpenedFilm> {
  return new Promise((resolve, reject) => {
    let settle: (verdict: Verdict) => void;
    const verdict = new Promise<Verdict>(done => (settle = done));
    const arriving = new AbortController();
    const end = (last: Verdict): void => {
      arriving.abort();
      worker.terminate();
      settle(last);
    };
    const fail = (error: Error): void => {
      end({ state: 'checking' });
      reject(error);
    };
    const close = (): void => {
      fail(new Error('The recording was closed.'));
    };
    if (abort.aborted) close();
    abort.addEventListener('abort', close);
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      switch (data.kind) {
        case 'film':
          resolve({ film: new Film(data.film), verdict });
          break;
        case 'damaged':
          fail(new Damaged(data.message));
          break;
        case 'verified':
          end({ state: 'verified' });
          break;
        case 'changed':
          end({ state: 'changed', message: data.message });
      }
    };
    worker.onerror = event => {
      event.preventDefault();
      const message = 'This browser cannot read the recording: its worker does not start.';
      end({ state: 'changed', message });
      reject(new Error(message));
    };
    const pieces = new WritableStream<Uint8Array>({
      write: piece => {
        send(worker, piece);
      },
      close: () => {
        send(worker, null);
      }
    });
    recording.pipeTo(pieces, { signal: arriving.signal }).catch((cause: unknown) => {
      fail(new Error('The recording did not arrive as a whole. Load the page again.', { cause }));
    });
  });
}

function send(worker: Worker, piece: RecordingPiece): void {
  worker.postMessage(piece);
}

/** Fetch a session's recording and build its film. Raises `Error` with a message for people. */
export async function openFilm(
  source: RecordingSource,
  runtimeUrl: string,
  abort: AbortSignal
): Promise<OpenedFilm> {
  const starting = startRuntimeWorker(runtimeUrl, 'playback');
  // The failure of either is reported; the other must not reject unhandled.
  const [recording, worker] = await Promise.allSettled([fetchRecording(source), starting]);
  if (recording.status === 'fulfilled' && worker.status === 'fulfilled') {
    return buildInWorker(recording.value, worker.value, abort);
  }
  if (worker.status === 'fulfilled') worker.value.terminate();
  throw asError(recording.status === 'rejected' ? recording.reason : worker);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The player is missing on this server.');
}
