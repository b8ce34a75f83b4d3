/** Arena's commands in JupyterLab: create, open and replay a session, and show the list of sessions. */
import type { JupyterFrontEnd } from '@jupyterlab/application';

import { interviewIcon } from './icon';
import type { SessionOpener } from './SessionOpener';
import type { ArenaSettings } from './settings';

/** The ids of the commands. `open` and `replay` take a session id as the argument `id`. */
export const COMMANDS = {
  create: 'arena:create',
  open: 'arena:open',
  replay: 'arena:replay',
  sessions: 'arena:sessions'
} as const;

/** Register all commands; `showSessions` activates the list of sessions. */
export function addCommands(
  commands: JupyterFrontEnd['commands'],
  opener: SessionOpener,
  settings: Promise<ArenaSettings>,
  showSessions: () => void
): void {
  commands.addCommand(COMMANDS.create, {
    label: args => (args.isLauncher ? 'Interview' : 'New Interview Session'),
    caption: 'A room for a coding interview',
    icon: interviewIcon,
    execute: async () => {
      const { defaultLanguage } = await settings;
      return opener.create({ title: '', language: defaultLanguage() });
    }
  });
  addSessionCommand(commands, COMMANDS.open, 'Open Interview Session', id => opener.open(id));
  addSessionCommand(commands, COMMANDS.replay, 'Watch Interview Recording', id => opener.watch(id));
  commands.addCommand(COMMANDS.sessions, { label: 'Show Interviews', execute: showSessions });
}

/** Register a command that takes a session id; it is visible only where it has one. */
function addSessionCommand(
  commands: JupyterFrontEnd['commands'],
  command: string,
  label: string,
  execute: (sessionId: string) => Promise<unknown>
): void {
  commands.addCommand(command, {
    label,
    isVisible: args => typeof args.id === 'string',
    execute: async args => {
      if (typeof args.id !== 'string') {
        throw new Error('Expected the id of a session, got none.');
      }
      return execute(args.id);
    }
  });
}
