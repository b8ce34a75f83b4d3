/** The JupyterLab plugin: commands, launcher card, side bar, and tabs that come back after a reload. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, showErrorMessage } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { Api } from './connection/rest';
import { COMMANDS, addCommands } from './lab/commands';
import { postponeConnectionDialog } from './lab/connection-dialog';
import { interviewIcon } from './lab/icon';
import { runtimeUrl, shellOf } from './lab/server';
import { SessionOpener } from './lab/SessionOpener';
import { SessionsSidebar } from './lab/SessionsSidebar';
import { loadSettings } from './lab/settings';
import { setMarkupWorker } from './markup/page-renderer';
import { openDatabase } from './storage/database';
import type { Database } from './storage/database';
import { LocalSessions } from './storage/local-sessions';
import { messageOf } from './ui/common/format';

const PLUGIN = 'jupyter-arena:plugin';
const CATEGORY = 'Arena';

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
  setMarkupWorker(runtimeUrl());
  const settings = loadSettings(registry, PLUGIN);
  let opened: Promise<Database> | null = null;
  const database = (): Promise<Database> => (opened ??= openDatabase());
  const local = (): LocalSessions => new LocalSessions(database());

  const opener = new SessionOpener({
    ...{ labShell: shell, user: serviceManager.user },
    ...{ server, api, database, local, settings },
    onCreated: () => sidebar.refresh()
  });
  postponeConnectionDialog(serviceManager.connectionFailure, () => opener.rooms.isInFront);
  /** Run a command on a session, and show its failure in a dialog under `title`. */
  const execute = (command: string, id: string, title: string): void => {
    commands
      .execute(command, { id })
      .catch((error: unknown) => showErrorMessage(title, messageOf(error)));
  };
  const sidebar = new SessionsSidebar({
    ...{ api, local, settings },
    info: () => api.info(),
    create: async session => {
      await opener.create(session);
    },
    open: ({ id }) => execute(COMMANDS.open, id, 'The interview did not open'),
    watch: ({ id }) => execute(COMMANDS.replay, id, 'The recording did not open')
  });
  sidebar.id = 'arena-sessions';
  sidebar.title.icon = interviewIcon;
  sidebar.title.caption = 'Interviews';
  shell.add(sidebar, 'left', { rank: 600 });

  addCommands(commands, opener, settings, () => shell.activateById(sidebar.id));
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
    opener.rooms.restore(restorer, COMMANDS.open);
    opener.recordings.restore(restorer, COMMANDS.replay);
  }
}
