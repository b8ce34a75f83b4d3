/** `react-dom/client` of the guest page. */
import { options } from 'preact';
import { createRoot as create } from 'preact/compat/client';

/**
 * As React's, but effects run right after the screen was updated. By default Preact waits for the
 * next frame first, and an effect makes the editor.
 */
export function createRoot(container) {
  options.requestAnimationFrame = callback => setTimeout(callback);
  return create(container);
}
