/** The lobby of a stand-alone server: create a session, open one's own, join one by its link. */
import { useEffect, useState } from 'react';
import type { FormEvent, JSX } from 'react';

import type { Api, Info } from '../../connection/rest';
import { joinPath, parseJoin, replayPath } from '../common/links';
import { CreateForm } from './CreateForm';
import type { NewSession } from './CreateForm';
import { ErrorMessage } from '../common/ErrorMessage';
import { SessionList } from './SessionList';
import { messageOf } from '../common/format';

/** `go` navigates to a path. */
interface LobbyProps {
  api: Api;
  baseUrl: string;
  go: (path: string) => void;
}

type Loaded = { info: Info } | { error: string } | null;

export function Lobby({ api, baseUrl, go }: LobbyProps): JSX.Element {
  const [loaded, setLoaded] = useState<Loaded>(null);
  useEffect(() => {
    let shown = true;
    api.info().then(
      info => shown && setLoaded(info ? { info } : { error: 'This server has no Arena.' }),
      (reason: unknown) => shown && setLoaded({ error: messageOf(reason) })
    );
    return () => {
      shown = false;
    };
  }, [api]);

  const onCreate = async (session: NewSession): Promise<void> => {
    const created = await api.createSession(session);
    go(joinPath(baseUrl, { id: created.id, secret: created.invite ?? null }));
  };

  const info = loaded && 'info' in loaded ? loaded.info : null;
  return (
    <main className="arena-page arena-lobby">
      <h1>Arena</h1>
      <p className="arena-lead">Coding interviews that run in the browser.</p>
      <ErrorMessage text={loaded && 'error' in loaded ? loaded.error : null} />
      {info?.mayCreate && (
        <section className="arena-card" aria-label="New interview">
          <CreateForm onCreate={onCreate} />
        </section>
      )}
      <section className="arena-card" aria-label="Join an interview">
        <JoinByLink baseUrl={baseUrl} go={go} />
      </section>
      {info?.user && (
        <section className="arena-card">
          <SessionList
            api={api}
            mayShare={info.mayShare}
            onOpen={session => go(joinPath(baseUrl, { id: session.id, secret: null }))}
            onWatch={session => go(replayPath(baseUrl, session.id))}
          />
        </section>
      )}
      {info && !info.user && !info.openAccess && (
        <p className="arena-note">
          Holding interviews here? <a href={loginAddress(baseUrl)}>Log in</a>
        </p>
      )}
    </main>
  );
}

function loginAddress(baseUrl: string): string {
  return `${baseUrl}login?next=${encodeURIComponent(`${baseUrl}arena/`)}`;
}

/** The form that joins a session by its link or id. */
function JoinByLink(props: { baseUrl: string; go: (path: string) => void }): JSX.Element {
  const [text, setText] = useState('');
  const [invalid, setInvalid] = useState(false);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const target = parseJoin(text, window.location.origin);
    setInvalid(target === null);
    if (target) {
      props.go(joinPath(props.baseUrl, target));
    }
  };
  return (
    <form className="arena-form" onSubmit={onSubmit}>
      <label>
        Link or id of an interview
        <span className="arena-form-row">
          <input
            value={text}
            required
            spellCheck="false"
            autoCapitalize="none"
            aria-invalid={invalid}
            onChange={event => setText(event.target.value)}
          />
          <button className="arena-button">Join</button>
        </span>
      </label>
      {invalid && (
        <ErrorMessage text="This is neither a link into this server nor the id of an interview." />
      )}
    </form>
  );
}
