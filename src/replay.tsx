/**
 * The entry point of the replay page: a recording and its player in one file, without a server or a
 * network. The page is built by `scripts/build-replay.mjs` and filled by `arena_ext/recording/export.py`.
 */
import { createRoot } from 'react-dom/client';

import { setMarkupWorker } from './markup/page-renderer';
import { buildInWorker } from './playback/open-film';
import type { OpenedFilm } from './playback/open-film';
import { Playback } from './ui/playback/Playback';

/** The text of a data block of the page: a script element of a type that browsers do not run. */
function block(id: string): string {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`The page has no #${id}.`);
  }
  return element.textContent;
}

/** The recording's lines. In the page each `<` is an escape, so that no tag can begin. */
function unescaped(lines: string): string {
  return lines.replace(/\\(?:u003c|[^])/g, escape => (escape === '\\u003c' ? '<' : escape));
}

/** A function that starts workers from the script in a data block. */
function workersOf(id: string): () => Worker {
  const source = URL.createObjectURL(new Blob([block(id)], { type: 'text/javascript' }));
  return () => new Worker(source);
}

function open(abort: AbortSignal): Promise<OpenedFilm> {
  const recording = new Blob([unescaped(block('recording'))]).stream();
  return buildInWorker(recording, workersOf('player')(), abort);
}

function start(): void {
  const root = document.getElementById('root');
  if (!root) {
    throw new Error('The page has no #root to show anything in.');
  }
  document.documentElement.classList.add('arena-standalone');
  setMarkupWorker(workersOf('markup'));
  createRoot(root).render(<Playback open={open} runners={null} timeLimit={() => 0} fork={null} />);
}

start();
