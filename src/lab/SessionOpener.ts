/** Opens sessions and their recordings in tabs of JupyterLab's main area. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ServiceManager } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';

import { ClosedConnection } from '../connection/closed';
import type { Connection } from '../connection/connection';
import { LocalConnection } from '../connection/room/local';
import type { LocalOptions } from '../connection/room/local';
import { ApiError } from '../connection/rest';
import type { Api, Info, Shell } from '../connection/rest';
import { WebSocketConnection } from '../connection/websocket';
import { forkSession } from '../playback/fork';
import type { Database } from '../storage/database';
import { StoredDrafts, hasDrafts } from '../storage/drafts';
import type { LocalSessions } from '../storage/local-sessions';
import type { NewSession } from '../ui/lobby/CreateForm';
import { RecordingWidget } from './RecordingWidget';
import { RoomWidget } from './RoomWidget';
import type { RoomWidgetOptions } from './RoomWidget';
import { ownName } from './server';
import { SessionTabs } from './SessionTabs';
import type { ArenaSettings } from './settings';

/** The options of the opener, from the plugin. */
interface SessionOpenerOptions {
  labShell: JupyterFrontEnd.IShell;
  user: ServiceManager.IManager['user'];
  server: Shell;
  api: Api;
  database: () => Promise<Database>;
  /** The sessions that exist only in this browser. */
  local: () => LocalSessions;
  settings: Promise<ArenaSettings>;
  /** A session was created: lists of sessions are out of date. */
  onCreated: () => void;
}

type RoomTab = MainAreaWidget<RoomWidget>;

export class SessionOpener {
  readonly rooms: SessionTabs<RoomWidget>;
  readonly recordings: SessionTabs<RecordingWidget>;
  readonly #options: SessionOpenerOptions;

  constructor(options: SessionOpenerOptions) {
    this.#options = options;
    this.rooms = new SessionTabs(options.labShell, 'arena', 'arena-');
    this.recordings = new SessionTabs(options.labShell, 'arena-recordings', 'arena-recording-');
  }

  /** Create a session, in this browser where there is no server, and open it. Rejects with `ApiError`. */
  async create(session: NewSession): Promise<RoomTab> {
    const { api, onCreated } = this.#options;
    const info = await api.info();
    if (!info) {
      return this.#createLocal(session);
    }
    const { id } = await api.createSession(session);
    onCreated();
    return this.#openRemote(id, info);
  }

  /** Open a session, of this browser where there is no server. Rejects with `ApiError`. */
  async open(sessionId: string): Promise<RoomTab> {
    const { api, local } = this.#options;
    const info = await api.info();
    return info
      ? this.#openRemote(sessionId, info)
      : this.rooms.open(sessionId, async () =>
          this.#localRoom({ log: await local().open(sessionId) })
        );
  }

  /** Open the recording of a session. Rejects with `ApiError`, or without a server. */
  watch(sessionId: string): Promise<MainAreaWidget<RecordingWidget>> {
    const { api, server, settings, onCreated } = this.#options;
    return this.recordings.open(sessionId, async () => {
      const [info, { timeLimit }] = await Promise.all([api.info(), settings]);
      if (!info) {
        throw new Error('There is no Arena server that has recordings.');
      }
      return new RecordingWidget({
        ...{ shell: server, sessionId, timeLimit },
        fork: async text => {
          const { id } = await forkSession(api, text);
          onCreated();
          await this.#openRemote(id, info);
        }
      });
    });
  }

  #openRemote(sessionId: string, info: Info): Promise<RoomTab> {
    return this.rooms.open(sessionId, () => this.#join(sessionId, info));
  }

  /**
   * Join a session of the server in the name of the logged-in user. A session that can no longer be
   * joined still opens if this browser holds drafts of it. Rejects with `ApiError`.
   */
  async #join(sessionId: string, info: Info): Promise<RoomWidget> {
    const { api, server, database } = this.#options;
    const userName = await this.#userName();
    let connection: Connection;
    try {
      const { token } = await api.join(sessionId, { userName });
      connection = new WebSocketConnection({ ...server, sessionId, token });
    } catch (error) {
      const closed = error instanceof ApiError && [403, 404, 410].includes(error.status);
      if (!closed || !(await hasDrafts(database(), sessionId))) throw error;
      connection = new ClosedConnection();
    }
    const drafts = new StoredDrafts({ database: database(), sessionId });
    return this.#room({ sessionId, connection, server: { api, info }, drafts });
  }

  /** Create a session in this browser. Where it cannot be stored, it ends with the page. */
  async #createLocal(session: NewSession): Promise<RoomTab> {
    const { local, onCreated } = this.#options;
    try {
      const log = await local().create(session);
      onCreated();
      return await this.rooms.add(await this.#localRoom({ log }));
    } catch (error) {
      console.warn('This browser does not store the interview:', error);
      return this.rooms.add(await this.#localRoom(session));
    }
  }

  /** A room without a server. */
  async #localRoom(options: LocalOptions): Promise<RoomWidget> {
    const userName = await this.#userName();
    const connection = new LocalConnection({ userName, ...options });
    const sessionId = options.log?.session.id ?? UUID.uuid4();
    return this.#room({ sessionId, connection, server: null });
  }

  async #room(options: Omit<RoomWidgetOptions, 'timeLimit'>): Promise<RoomWidget> {
    const { timeLimit } = await this.#options.settings;
    return new RoomWidget({ ...options, timeLimit });
  }

  /** The name in the settings; without one, the name that Jupyter has for the user. */
  async #userName(): Promise<string> {
    const { settings, user } = this.#options;
    return (await settings).name() || (await ownName(user));
  }
}
