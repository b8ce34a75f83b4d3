/**
 * Draws costly content piece by piece: one in each frame of the page, and each with a mark, so that
 * content that hung the page is not drawn again after a reload.
 */
import { DrawingMarks } from '../../storage/drawing-marks';

interface Piece {
  id: string;
  draw: () => void;
}

export class DrawQueue {
  readonly marks: DrawingMarks;
  readonly #waiting = new Set<Piece>();
  #running = false;

  constructor(marks: DrawingMarks) {
    this.marks = marks;
  }

  /** Draw a piece when its turn comes. Returns a function that takes it out of the queue. */
  add(id: string, draw: () => void): () => void {
    const piece = { id, draw };
    this.#waiting.add(piece);
    if (!this.#running) {
      this.#running = true;
      requestAnimationFrame(this.#next);
    }
    return () => this.#waiting.delete(piece);
  }

  #next = (): void => {
    const [piece] = this.#waiting;
    this.#running = piece !== undefined;
    if (!piece) return;
    this.#waiting.delete(piece);
    this.marks.begin(piece.id);
    piece.draw();
    requestAnimationFrame(this.#next);
  };

  /** A piece was drawn: take its mark away once the page has painted it. */
  drawn(id: string): void {
    requestAnimationFrame(() => requestAnimationFrame(() => this.marks.end(id)));
  }
}

let queue: DrawQueue | null = null;

/** The queue of this page. */
export function drawQueue(): DrawQueue {
  if (!queue) {
    const marks = new DrawingMarks(storage());
    addEventListener('pagehide', () => marks.endAll());
    queue = new DrawQueue(marks);
  }
  return queue;
}

/** The storage of this browser; null where it is switched off. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
