/**
 * A recording that brings its player along: one file, opened from a disk, with no server and no
 * network. The page is built by `scripts/build-replay.mjs` and filled by `arena_ext/recording/export.py`.
 */
import { createRoot } from 'react-dom/client';

import { buildInWorker } from './playback/open-film';
import type { OpenedFilm } from './playback/open-film';
import { Playback } from './ui/playback/Playback';

/** The text of one of the page's data blocks, which are scripts that no browser runs. */
function block(id: string): string {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`The page has no #${id}.`);
  }
  return element.textContent;
}

/** Every `<` of the recording was written as an escape, so that no tag begins in it. */
function unescaped(lines: string): string {
  return lines.replace(/\\(?:u003c|[^])/g, escape => (escape === '\\u003c' ? '<' : escape));
}

function open(abort: AbortSignal): Promise<OpenedFilm> {
  const source = URL.createObjectURL(new Blob([block('player')], { type: 'text/javascript' }));
  const worker = new Worker(source);
  const recording = new Blob([unescaped(block('recording'))]).stream();
  return buildInWorker(recording, worker, abort).finally(() => URL.revokeObjectURL(source));
}

function start(): void {
  const root = document.getElementById('root');
  if (!root) {
    throw new Error('The page has no #root to show anything in.');
  }
  document.documentElement.classList.add('arena-standalone');
  createRoot(root).render(<Playback open={open} runners={null} timeLimit={() => 0} fork={null} />);
}

start();
