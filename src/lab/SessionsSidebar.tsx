/** The side bar: the form for a new session, and the list of the user's sessions. */
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { Api, Info } from '../connection/rest';
import type { LocalSessions } from '../storage/local-sessions';
import type { Session } from '../protocol/wire';
import { CreateForm } from '../ui/lobby/CreateForm';
import type { NewSession } from '../ui/lobby/CreateForm';
import { ErrorMessage } from '../ui/common/ErrorMessage';
import { SessionList } from '../ui/lobby/SessionList';
import { messageOf } from '../ui/common/format';
import { LocalSessionList } from './LocalSessionList';
import type { ArenaSettings } from './settings';

interface SidebarOptions {
  api: Api;
  /** Load the server's information; null where Arena has no server. Rejects with `ApiError`. */
  info: () => Promise<Info | null>;
  /** The sessions that exist only in this browser. */
  local: () => LocalSessions;
  settings: Promise<ArenaSettings>;
  create: (session: NewSession) => Promise<void>;
  open: (session: { id: string }) => void;
  watch: (session: Session) => void;
}

/** Loads the list again each time it is shown. */
export class SessionsSidebar extends ReactWidget {
  private readonly options: SidebarOptions;
  private readonly changed = new Signal<this, void>(this);
  private version = 0;

  constructor(options: SidebarOptions) {
    super();
    this.options = options;
    this.addClass('arena-sidebar');
  }

  /** Load the list again, because a session was created. */
  refresh(): void {
    this.version++;
    this.changed.emit();
  }

  protected override onAfterShow(): void {
    this.refresh();
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this.changed}>
        {() => <Sidebar {...this.options} version={this.version} />}
      </UseSignal>
    );
  }
}

type Loaded = { info: Info | null; settings: ArenaSettings } | { error: string } | null;

/** A new `version` loads the list again. */
function Sidebar(props: SidebarOptions & { version: number }): JSX.Element {
  const { info: ask, settings: loading } = props;
  const [loaded, setLoaded] = useState<Loaded>(null);
  useEffect(() => {
    let shown = true;
    Promise.all([ask(), loading]).then(
      ([info, settings]) => shown && setLoaded({ info, settings }),
      (reason: unknown) => shown && setLoaded({ error: messageOf(reason) })
    );
    return () => {
      shown = false;
    };
  }, [ask, loading]);

  if (loaded === null) {
    return <p className="arena-note">Asking the server…</p>;
  }
  if ('error' in loaded) {
    return <ErrorMessage text={loaded.error} />;
  }
  const { info, settings } = loaded;
  return (
    <>
      {info === null && (
        <p className="arena-hint">
          There is no Arena server here. An interview that you open lives only in this browser.
        </p>
      )}
      {info?.mayCreate !== false && (
        <CreateForm language={settings.defaultLanguage()} onCreate={props.create} />
      )}
      {info === null && (
        <LocalSessionList key={`local-${props.version}`} local={props.local} onOpen={props.open} />
      )}
      {info !== null && (
        <SessionList
          key={props.version}
          api={props.api}
          mayShare={info.mayShare}
          onOpen={props.open}
          onWatch={props.watch}
        />
      )}
    </>
  );
}
