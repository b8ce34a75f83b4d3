/** Loads the parts of a room that it does not need at first. */
import { LANGUAGES } from '../../protocol/wire';
import { whenIdle } from '../common/when-idle';
import { EDITOR_LANGUAGES } from '../editor/editor-languages';

/** The parts, the most likely ones first. */
const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import('../question/Markdown'),
  () => import('../../markup/renderer'),
  () => import('../output/Value'),
  ...LANGUAGES.map(language => EDITOR_LANGUAGES[language].support)
];

let loading: Promise<void> | null = null;

/**
 * Load the parts one by one while the page is idle, so that they are there without a network, too. A
 * part that does not load is requested again where it is needed. Never rejects; later calls resolve
 * with the first.
 */
export function loadLater(): Promise<void> {
  loading ??= loadParts();
  return loading;
}

async function loadParts(): Promise<void> {
  for (const part of PARTS) {
    await whenIdle();
    await part().catch(() => undefined);
  }
}
