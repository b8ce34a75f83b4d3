/** The renderer of this page. It is loaded, and its worker starts, with the first text. */
import { NOT_LOADED } from './messages';
import type { Kind, Results } from './messages';
import type { MarkupWorker, Renderer } from './renderer';

let start = (): Promise<MarkupWorker> => Promise.reject(new Error('The page has no markup worker'));
let loading: Promise<Renderer> | null = null;

/** Set the function that starts this page's markup worker. Each kind of page has its own. */
export function setMarkupWorker(starts: () => Promise<MarkupWorker>): void {
  start = starts;
  loading = null;
}

/** Render `text`. Rejects with an `Error` for people if it is to be shown as it is. */
export async function render<K extends Kind>(kind: K, text: string): Promise<Results[K]> {
  loading ??= import('./renderer').then(({ Renderer }) => new Renderer(start));
  const renderer = await loading.catch((cause: unknown) => {
    loading = null;
    throw new Error(NOT_LOADED, { cause });
  });
  return renderer.render(kind, text);
}
