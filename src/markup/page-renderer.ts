/** The renderer of this page. It is loaded, and its worker starts, with the first text. */
import type { Kind, Results } from './messages';
import type { Renderer, WorkerSource } from './renderer';

let source: WorkerSource = '';
let loading: Promise<Renderer> | null = null;

/** Set the source of this page's markup worker. Each kind of page has its own. */
export function setMarkupWorker(from: WorkerSource): void {
  source = from;
  loading = null;
}

/** Render `text`. Rejects with an `Error` for people if it is to be shown as it is. */
export async function render<K extends Kind>(kind: K, text: string): Promise<Results[K]> {
  let result: Results[K] | null;
  try {
    loading ??= import('./renderer').then(({ Renderer }) => new Renderer(source));
    result = await (await loading).render(kind, text);
  } catch (cause) {
    throw new Error('Shown as plain text: the formatter did not load', { cause });
  }
  if (result === null) throw new Error('Shown as plain text: it is too long to format');
  return result;
}
