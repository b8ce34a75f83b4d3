/** The playback worker: builds the film first, for watching, and then checks the hash chain. */
import { verifyChain } from './hash-chain';
import { FilmBuilder } from './film-builder';
import type { FilmData } from './film';
import type { RecordingPiece, WorkerAnswer } from './messages';
import { Damaged } from './damaged';

/** The globals of a worker: the DOM's types describe a page. */
const port = globalThis as unknown as {
  onmessage: ((event: MessageEvent<RecordingPiece>) => void) | null;
  postMessage: (answer: WorkerAnswer, transfer?: Transferable[]) => void;
};

const decoder = new TextDecoder('utf-8', { fatal: true });
const builder = new FilmBuilder();
/** The recording so far. */
let text = '';

port.onmessage = ({ data: piece }) => {
  try {
    const more = piece === null ? decoder.decode() : decoder.decode(piece, { stream: true });
    text += more;
    builder.push(more);
    if (piece !== null) return;
    const film = builder.build();
    port.postMessage({ kind: 'film', film }, buffersOf(film));
  } catch (error) {
    port.onmessage = null;
    port.postMessage({ kind: 'damaged', message: messageOf(error) });
    return;
  }
  try {
    verifyChain(text);
    port.postMessage({ kind: 'verified' });
  } catch (error) {
    port.postMessage({ kind: 'changed', message: messageOf(error) });
  }
};

function messageOf(error: unknown): string {
  if (error instanceof Damaged) return error.message;
  console.error('The recording cannot be read:', error);
  return 'The recording cannot be read.';
}

function buffersOf({
  at,
  by,
  inserted,
  deleted,
  texts
}: FilmData): ArrayBufferLike[] & Transferable[] {
  const arrays = [
    at,
    by,
    inserted,
    deleted,
    ...texts.flatMap(t => [t.units, t.born, t.died, t.carets])
  ];
  return arrays.map(array => array.buffer as ArrayBuffer);
}
