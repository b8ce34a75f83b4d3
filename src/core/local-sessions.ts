/** Sessions that have no server: kept in this browser, listed, opened again, deleted. */
import type { Language } from './protocol';

/** What the list of sessions shows. `createdAt` is ISO 8601, UTC. */
export interface LocalSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}
