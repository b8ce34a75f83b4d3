/** `react-dom/client` of the guest page. */
import { options } from 'preact';
import { createRoot as create } from 'preact/compat/client';

/**
 * As React's, but effects run right after an update. By default Preact waits for the next frame, and
 * an effect makes the editor.
 */
export function createRoot(container) {
  options.requestAnimationFrame = callback => queueMicrotask(callback);
  return create(container);
}
