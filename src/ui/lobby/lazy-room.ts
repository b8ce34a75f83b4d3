/** The modules that a room needs and a join form does not, for one dynamic import. */
export { openDatabase } from '../../storage/database';
export { StoredDrafts } from '../../storage/drafts';
export { ArenaSession } from '../../client/session';
export { WebSocketConnection } from '../../connection/websocket';
export { setMarkupWorker } from '../../markup/page-renderer';
export { Panel } from '../room/Panel';
