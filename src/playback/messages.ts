/** Messages between the page and its playback worker. */
import type { FilmData } from './film';

/** To the worker: the next bytes of a recording, in UTF-8; null after the last. */
export type RecordingPiece = Uint8Array | null;

/**
 * From the worker: the film, then the result of the check; or once, the reason why there is no
 * film.
 */
export type WorkerAnswer =
  | { kind: 'film'; film: FilmData }
  | { kind: 'verified' }
  | { kind: 'changed'; message: string }
  | { kind: 'damaged'; message: string };
