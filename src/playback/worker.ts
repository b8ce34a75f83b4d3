/** The playback worker: makes the film first, so that one can watch, and then follows the chain. */
import { verifyChain } from './chain';
import { develop } from './develop';
import type { FilmData } from './film';
import type { DevelopRequest, WorkerAnswer } from './messages';
import { Damaged } from './recording';

/** This file's own globals: the DOM's types describe a page. */
const port = globalThis as unknown as {
  onmessage: ((event: MessageEvent<DevelopRequest>) => void) | null;
  postMessage: (answer: WorkerAnswer, transfer?: Transferable[]) => void;
};

port.onmessage = ({ data }) => {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data.recording);
    const film = develop(text);
    port.postMessage({ kind: 'film', film }, buffersOf(film));
  } catch (error) {
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
