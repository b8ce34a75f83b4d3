/** The JupyterLab widget that shows the room of a session. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';

import type { Api, Info } from '../connection/rest';
import { ArenaSession } from '../client/session';
import type { Connection } from '../connection/connection';
import type { Drafts } from '../storage/drafts';
import { createRunners } from '../run';
import { Panel } from '../ui/room/Panel';
import { titleOf } from '../ui/common/format';
import { runtime } from './server';

/** Without a `server` the session exists only in this browser. */
export interface RoomWidgetOptions {
  sessionId: string;
  connection: Connection;
  server: { api: Api; info: Info } | null;
  /** Storage for edits and events that the server has not confirmed. */
  drafts?: Drafts;
  /** Milliseconds that a run may take; called for each run. */
  timeLimit: () => number;
}

/** Owns the session and its runners, and disposes them. */
export class RoomWidget extends ReactWidget {
  readonly sessionId: string;
  private readonly server: RoomWidgetOptions['server'];
  private readonly runners = createRunners(runtime());
  private readonly session: ArenaSession;
  private readonly unsubscribe: () => void;

  constructor(options: RoomWidgetOptions) {
    super();
    this.addClass('arena-lab-room');
    this.sessionId = options.sessionId;
    this.server = options.server;
    this.session = new ArenaSession({
      connection: options.connection,
      runners: this.runners,
      ...(options.drafts ? { drafts: options.drafts } : {}),
      timeLimit: options.timeLimit
    });
    this.title.label = 'Interview';
    this.unsubscribe = this.session.subscribe(() => {
      this.title.label = titleOf(this.session.snapshot.state?.title);
    });
  }

  protected render(): JSX.Element {
    return (
      <Panel
        session={this.session}
        api={this.server?.api}
        mayShare={this.server?.info.mayShare ?? false}
        shareHint={this.server?.info.shareHint ?? null}
      />
    );
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('.cm-content')?.focus();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.unsubscribe();
    super.dispose();
    this.session.dispose();
    this.runners.dispose();
  }
}
