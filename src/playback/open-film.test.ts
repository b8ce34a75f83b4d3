/** The messages between page and worker while a recording arrives and becomes a film. */
import { describe, expect, it, vi } from 'vitest';
import type { Mock } from 'vitest';

import { Recorder } from '../../tests/load/typists/recorder';
import { buildFilm } from './film-builder';
import type { RecordingPiece, WorkerAnswer } from './messages';
import { buildInWorker } from './open-film';

/** A worker that keeps the messages that it receives. */
class FakeWorker {
  readonly pieces: RecordingPiece[] = [];
  readonly terminate = vi.fn();
  onmessage: ((event: { data: WorkerAnswer }) => void) | null = null;
  onerror: ((event: { preventDefault: () => void }) => void) | null = null;

  postMessage(piece: RecordingPiece): void {
    this.pieces.push(piece);
  }
}

/** Opens a recording that a test provides piece by piece. */
function opening(abort = new AbortController()): {
  worker: FakeWorker;
  arriving: ReadableStreamDefaultController<Uint8Array>;
  cancelled: Mock;
  abort: AbortController;
  opened: ReturnType<typeof buildInWorker>;
} {
  const worker = new FakeWorker();
  const cancelled = vi.fn();
  let arriving: ReadableStreamDefaultController<Uint8Array> | undefined;
  const recording = new ReadableStream<Uint8Array>({
    start: controller => (arriving = controller),
    cancel: cancelled
  });
  const opened = buildInWorker(recording, worker as unknown as Worker, abort.signal);
  if (!arriving) throw new Error('a stream starts at once');
  return { worker, arriving, cancelled, abort, opened };
}

describe('a recording that arrives', () => {
  it('is handed on piece by piece, and is open as soon as its film is there', async () => {
    const { worker, arriving, opened } = opening();
    arriving.enqueue(Uint8Array.of(1));
    await vi.waitFor(() => {
      expect(worker.pieces).toEqual([Uint8Array.of(1)]);
    });
    arriving.close();
    await vi.waitFor(() => {
      expect(worker.pieces.at(-1)).toBeNull();
    });
    const recorder = new Recorder();
    worker.onmessage?.({ data: { kind: 'film', film: buildFilm(recorder.text()) } });
    const { verdict } = await opened;
    expect(worker.terminate).not.toHaveBeenCalled();
    worker.onmessage?.({ data: { kind: 'verified' } });
    expect(await verdict).toEqual({ state: 'verified' });
    expect(worker.terminate).toHaveBeenCalled();
  });

  it('fails when the rest of it does not arrive', async () => {
    const { worker, arriving, opened } = opening();
    arriving.enqueue(Uint8Array.of(1));
    arriving.error(new TypeError('network'));
    await expect(opened).rejects.toThrow('did not arrive as a whole');
    expect(worker.terminate).toHaveBeenCalled();
  });

  it('ends when it is aborted', async () => {
    const { worker, cancelled, abort, opened } = opening();
    abort.abort();
    await expect(opened).rejects.toThrow('was closed');
    expect(worker.terminate).toHaveBeenCalled();
    await vi.waitFor(() => {
      expect(cancelled).toHaveBeenCalled();
    });
  });

  it('does not begin when it is aborted before', async () => {
    const gone = new AbortController();
    gone.abort();
    const { worker, cancelled, opened } = opening(gone);
    await expect(opened).rejects.toThrow('was closed');
    expect(worker.terminate).toHaveBeenCalled();
    await vi.waitFor(() => {
      expect(cancelled).toHaveBeenCalled();
    });
  });

  it('fails with the message of the worker', async () => {
    const { worker, cancelled, opened } = opening();
    worker.onmessage?.({ data: { kind: 'damaged', message: 'The recording is cut off.' } });
    await expect(opened).rejects.toThrow('cut off');
    expect(worker.terminate).toHaveBeenCalled();
    // The rest of it is not fetched.
    await vi.waitFor(() => {
      expect(cancelled).toHaveBeenCalled();
    });
  });
});
