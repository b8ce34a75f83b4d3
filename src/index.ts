/** Arena in JupyterLab: the commands, where they are found, and the rooms that come back after a reload. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  ICommandPalette,
  MainAreaWidget,
  WidgetTracker,
  showErrorMessage
} from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { UUID } from '@lumino/coreutils';

import { Api, ApiError } from './connection/rest';
import type { Info } from './connection/rest';
import { openDatabase } from './storage/database';
import type { Database } from './storage/database';
import { StoredDrafts, hasDrafts } from './storage/drafts';
import { GoneConnection } from './connection/closed';
import type { Connection } from './connection/connection';
import { LocalConnection } from './connection/local';
import type { LocalOptions } from './connection/local';
import { LocalSessions } from './storage/local-sessions';
import { WebSocketConnection } from './connection/websocket';
import { interviewIcon } from './lab/icon';
import { RecordingWidget } from './lab/RecordingWidget';
import { RoomWidget } from './lab/RoomWidget';
import type { RoomWidgetOptions } from './lab/RoomWidget';
import { ownName, shellOf } from './lab/server';
import { SessionsSidebar } from './lab/SessionsSidebar';
import { loadSettings } from './lab/settings';
import { forkSession } from './playback/fork';
import type { NewSession } from './ui/lobby/CreateForm';
import { messageOf } from './ui/common/hooks';

const PLUGIN = 'jupyter-arena:plugin';
const CATEGORY = 'Arena';
const COMMANDS = {
  create: 'arena:create',
  open: 'arena:open',
  replay: 'arena:replay',
  sessions: 'arena:sessions'
} as const;

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Coding interviews: one editor for all, code that runs in the browser.',
  autoStart: true,
  optional: [ILauncher, ICommandPalette, ILayoutRestorer, ISettingRegistry],
  activate
};

export default plugin;

function activate(
  app: JupyterFrontEnd,
  launcher: ILauncher | null,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  registry: ISettingRegistry | null
): void {
  const { commands, serviceManager, shell } = app;
  const server = shellOf(serviceManager.serverSettings);
  const api = new Api(server);
  const settings = loadSettings(registry, PLUGIN);
  let opened: Promise<Database> | null = null;
  const database = (): Promise<Database> => (opened ??= openDatabase());
  const local = (): LocalSessions => new LocalSessions(database());
  const tracker = new WidgetTracker<MainAreaWidget<RoomWidget>>({ namespace: 'arena' });
  const recordings = new WidgetTracker<MainAreaWidget<RecordingWidget>>({
    namespace: 'arena-recordings'
  });

  const show = async (
    options: Omit<RoomWidgetOptions, 'timeLimit'>
  ): Promise<MainAreaWidget<RoomWidget>> => {
    const { timeLimit } = await settings;
    const content = new RoomWidget({ ...options, timeLimit });
    const widget = new MainAreaWidget({ content });
    widget.toolbar.hide();
    widget.id = `arena-${options.sessionId}`;
    widget.title.icon = interviewIcon;
    shell.add(widget, 'main');
    await tracker.add(widget);
    shell.activateById(widget.id);
    return widget;
  };

  const chosenName = async (): Promise<string> =>
    (await settings).name() || (await ownName(serviceManager.user));

  /** Join the session as whoever is logged in here. Rejects with `ApiError`. */
  const join = async (sessionId: string, info: Info): Promise<MainAreaWidget<RoomWidget>> => {
    const userName = await chosenName();
    let connection: Connection;
    try {
      const { token } = await api.join(sessionId, { userName });
      connection = new WebSocketConnection({ baseUrl: server.baseUrl, sessionId, token });
    } catch (error) {
      const gone = error instanceof ApiError && [403, 404, 410].includes(error.status);
      if (!gone || !(await hasDrafts(database(), sessionId))) throw error;
      connection = new GoneConnection();
    }
    const drafts = new StoredDrafts({ database: database(), sessionId });
    return show({ sessionId, connection, server: { api, info }, drafts });
  };

  /** Show a session that lives in this browser alone; without a log it ends with the page. */
  const showLocal = async (options: LocalOptions): Promise<MainAreaWidget<RoomWidget>> => {
    const userName = await chosenName();
    const connection = new LocalConnection({ userName, ...options });
    const sessionId = options.log?.session.id ?? UUID.uuid4();
    return show({ sessionId, connection, server: null });
  };

  const createLocal = async (session: NewSession): Promise<MainAreaWidget<RoomWidget>> => {
    try {
      const log = await local().create(session);
      sidebar.refresh();
      return await showLocal({ log });
    } catch (error) {
      console.warn('This browser does not store the interview:', error);
      return showLocal(session);
    }
  };

  /** The session's one room here, joined unless it is there or on its way. */
  const joining = new Map<string, Promise<MainAreaWidget<RoomWidget>>>();
  const open = (sessionId: string, info: Info | null): Promise<MainAreaWidget<RoomWidget>> => {
    const existing = tracker.find(({ content }) => content.sessionId === sessionId);
    if (existing) {
      shell.activateById(existing.id);
      return Promise.resolve(existing);
    }
    const enter = info
      ? () => join(sessionId, info)
      : async () => showLocal({ log: await local().open(sessionId) });
    const started = joining.get(sessionId) ?? enter().finally(() => joining.delete(sessionId));
    joining.set(sessionId, started);
    return started;
  };

  const create = async (session: NewSession): Promise<MainAreaWidget<RoomWidget>> => {
    const info = await api.info();
    if (info) {
      const { id } = await api.createSession(session);
      sidebar.refresh();
      return open(id, info);
    }
    return createLocal(session);
  };

  /** The recording's one widget here. */
  const watch = async (sessionId: string): Promise<MainAreaWidget<RecordingWidget>> => {
    const existing = recordings.find(({ content }) => content.sessionId === sessionId);
    if (existing) {
      shell.activateById(existing.id);
      return existing;
    }
    const [info, { timeLimit }] = await Promise.all([api.info(), settings]);
    if (!info) {
      throw new Error('There is no Arena server that has recordings.');
    }
    const content = new RecordingWidget({
      ...{ shell: server, sessionId, timeLimit },
      fork: async text => {
        const { id } = await forkSession(api, text);
        sidebar.refresh();
        await open(id, info);
      }
    });
    const widget = new MainAreaWidget({ content });
    widget.toolbar.hide();
    widget.id = `arena-recording-${sessionId}`;
    widget.title.icon = interviewIcon;
    shell.add(widget, 'main');
    await recordings.add(widget);
    shell.activateById(widget.id);
    return widget;
  };

  const sidebar = new SessionsSidebar({
    api,
    info: () => api.info(),
    local,
    settings,
    create: async session => {
      await create(session);
    },
    open: ({ id }) => {
      commands.execute(COMMANDS.open, { id }).catch(async (error: unknown) => {
        await showErrorMessage('The interview did not open', messageOf(error));
      });
    },
    watch: ({ id }) => {
      commands.execute(COMMANDS.replay, { id }).catch(async (error: unknown) => {
        await showErrorMessage('The recording did not open', messageOf(error));
      });
    }
  });
  sidebar.id = 'arena-sessions';
  sidebar.title.icon = interviewIcon;
  sidebar.title.caption = 'Interviews';
  shell.add(sidebar, 'left', { rank: 600 });

  commands.addCommand(COMMANDS.create, {
    label: args => (args.isLauncher ? 'Interview' : 'New Interview Session'),
    caption: 'A room for a coding interview',
    icon: interviewIcon,
    execute: async () => {
      const { defaultLanguage } = await settings;
      return create({ title: '', language: defaultLanguage() });
    }
  });
  commands.addCommand(COMMANDS.open, {
    label: 'Open Interview Session',
    isVisible: args => typeof args.id === 'string',
    execute: async args => {
      const id = args.id;
      if (typeof id !== 'string') {
        throw new Error('Expected the id of a session, got none.');
      }
      return open(id, await api.info());
    }
  });
  commands.addCommand(COMMANDS.replay, {
    label: 'Watch Interview Recording',
    isVisible: args => typeof args.id === 'string',
    execute: async args => {
      const id = args.id;
      if (typeof id !== 'string') {
        throw new Error('Expected the id of a session, got none.');
      }
      return watch(id);
    }
  });
  commands.addCommand(COMMANDS.sessions, {
    label: 'Show Interviews',
    execute: () => shell.activateById(sidebar.id)
  });

  launcher?.add({
    command: COMMANDS.create,
    category: CATEGORY,
    categoryRank: 50,
    args: { isLauncher: true }
  });
  palette?.addItem({ command: COMMANDS.create, category: CATEGORY });
  palette?.addItem({ command: COMMANDS.sessions, category: CATEGORY });

  if (restorer) {
    restorer.add(sidebar, sidebar.id);
    void restorer.restore(tracker, {
      command: COMMANDS.open,
      args: ({ content }) => ({ id: content.sessionId }),
      name: ({ content }) => content.sessionId
    });
    void restorer.restore(recordings, {
      command: COMMANDS.replay,
      args: ({ content }) => ({ id: content.sessionId }),
      name: ({ content }) => content.sessionId
    });
  }
}
