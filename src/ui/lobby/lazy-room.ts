/** What a room needs and a name form does not: one import, so that it arrives as one piece. */
export { openDatabase } from '../../storage/database';
export { StoredDrafts } from '../../storage/drafts';
export { ArenaSession } from '../../client/session';
export { WebSocketConnection } from '../../connection/websocket';
export { Panel } from '../room/Panel';
