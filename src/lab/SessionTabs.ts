/** Tabs of JupyterLab's main area that show sessions: at most one tab of a kind for each session. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

import { interviewIcon } from './icon';

/** The content of a tab. */
type SessionWidget = Widget & { readonly sessionId: string };

/** The tabs of one kind, `W`. */
export class SessionTabs<W extends SessionWidget> {
  readonly #shell: JupyterFrontEnd.IShell;
  readonly #idPrefix: string;
  readonly #tracker: WidgetTracker<MainAreaWidget<W>>;
  /** Tabs that are being opened, by session id. */
  readonly #opening = new Map<string, Promise<MainAreaWidget<W>>>();

  /** `namespace` is the tracker's; `idPrefix` precedes the session id in a tab's DOM id. */
  constructor(shell: JupyterFrontEnd.IShell, namespace: string, idPrefix: string) {
    this.#shell = shell;
    this.#idPrefix = idPrefix;
    this.#tracker = new WidgetTracker({ namespace });
  }

  /**
   * Activate the tab of a session. Without a tab, `create` makes the content of a new one; a second
   * call before that is done returns the same tab.
   */
  open(sessionId: string, create: () => Promise<W>): Promise<MainAreaWidget<W>> {
    const existing = this.#tracker.find(({ content }) => content.sessionId === sessionId);
    if (existing) {
      this.#shell.activateById(existing.id);
      return Promise.resolve(existing);
    }
    const opening =
      this.#opening.get(sessionId) ??
      create()
        .then(content => this.add(content))
        .finally(() => this.#opening.delete(sessionId));
    this.#opening.set(sessionId, opening);
    return opening;
  }

  /** Add a tab with `content` and activate it. */
  async add(content: W): Promise<MainAreaWidget<W>> {
    const tab = new MainAreaWidget({ content });
    tab.toolbar.hide();
    tab.id = `${this.#idPrefix}${content.sessionId}`;
    tab.title.icon = interviewIcon;
    this.#shell.add(tab, 'main');
    await this.#tracker.add(tab);
    this.#shell.activateById(tab.id);
    return tab;
  }

  /** Whether one of the tabs is in front. */
  get isInFront(): boolean {
    const { currentWidget } = this.#shell;
    return currentWidget !== null && this.#tracker.has(currentWidget);
  }

  /** After a reload of the page, run `command` with `{ id }` for each session that had a tab. */
  restore(restorer: ILayoutRestorer, command: string): void {
    void restorer.restore(this.#tracker, {
      command,
      args: ({ content }) => ({ id: content.sessionId }),
      name: ({ content }) => content.sessionId
    });
  }
}
