/** What a room needs and a name form does not: one import, so that it arrives as one piece. */
export { openDatabase } from '../core/database';
export { StoredDrafts } from '../core/drafts';
export { ArenaSession } from '../core/session';
export { WebSocketConnection } from '../core/websocket';
export { Panel } from './Panel';
