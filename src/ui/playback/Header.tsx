/** The header of a film: title, date, integrity check, choice of a text, and fork. */
import { useEffect, useId, useState } from 'react';
import type { JSX } from 'react';

import type { Film, FilmText } from '../../playback/film';
import type { ForkedText } from '../../playback/fork';
import type { Verdict } from '../../playback/open-film';
import { LANGUAGE_NAMES } from '../../protocol/wire';
import type { SessionState } from '../../session/state';
import { ErrorMessage } from '../common/ErrorMessage';
import { dayAndTime, messageOf, titleOf } from '../common/format';

/** Create a session that begins with a text of the recording, and open it. */
export type Fork = (text: ForkedText) => Promise<void>;

/** The film at one entry, `seq`. */
interface TextAtMoment {
  film: Film;
  state: SessionState;
  seq: number;
  text: FilmText;
}

const STATUS = { open: '', locked: 'Locked for candidates', ended: 'Ended' } as const;

/** The option for the main file of each moment; it is no index of a text. */
const MAIN_FILE = -1;

/** `picked` is the text that the reader picked, null for the main file; `onPick` gets the same. */
export function Header(
  props: TextAtMoment & {
    verdict: Promise<Verdict>;
    fork: Fork | null;
    picked: FilmText | null;
    onPick: (picked: FilmText | null) => void;
  }
): JSX.Element {
  const { film, state, picked } = props;
  const { session, at, texts } = film.data;
  return (
    <header className="arena-toolbar">
      <h2 className="arena-title">{titleOf(state.title)}</h2>
      <span className="arena-note">
        {dayAndTime(session.createdAt === '' ? (at[0] ?? 0) : session.createdAt)} ·{' '}
        {LANGUAGE_NAMES[state.language]}
        {STATUS[state.status] !== '' && ` · ${STATUS[state.status]}`}
      </span>
      <VerdictNote verdict={props.verdict} />
      {texts.some(each => each !== film.main) && (
        <select
          className="arena-select"
          aria-label="Which text"
          value={picked === null ? MAIN_FILE : texts.indexOf(picked)}
          onChange={event => props.onPick(texts[Number(event.target.value)] ?? null)}
        >
          <option value={MAIN_FILE}>The file that runs</option>
          {texts.map((each, index) => (
            <option key={index} value={index}>
              {nameOfText(each, state)}
            </option>
          ))}
        </select>
      )}
      {props.fork && <ForkButton {...props} fork={props.fork} />}
    </header>
  );
}

function nameOfText({ document, root }: FilmText, { files }: SessionState): string {
  if (document === 'notes') {
    return 'Private notes';
  }
  return files.find(file => file.root === root)?.name ?? 'A file that is not there now';
}

/** The result of the hash chain's check, which goes on while the film is shown. */
function VerdictNote({ verdict }: { verdict: Promise<Verdict> }): JSX.Element {
  const [known, setKnown] = useState<Verdict>({ state: 'checking' });
  useEffect(() => {
    let shown = true;
    void verdict.then(result => shown && setKnown(result));
    return () => {
      shown = false;
    };
  }, [verdict]);
  if (known.state === 'changed') {
    return (
      <p role="alert" className="arena-error-message arena-verdict">
        {known.message} Do not rely on it.
      </p>
    );
  }
  return (
    <span role="status" className="arena-note arena-verdict">
      {known.state === 'checking' ? 'Checking…' : 'Unchanged since it was recorded'}
    </span>
  );
}

function ForkButton(props: TextAtMoment & { fork: Fork }): JSX.Element {
  const { film, state, seq, text, fork } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const note = useId();
  const onFork = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const { title, language, question } = state;
      const code = film.frame(text, seq).text;
      await fork({ title: titleOf(title), language, question, code });
    } catch (reason) {
      setError(messageOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const others = state.files.filter(({ root }) => root !== text.root).length;
  return (
    <div className="arena-actions">
      <ErrorMessage text={error} />
      {others > 0 && (
        <span id={note} className="arena-note">
          Without {others === 1 ? 'the other file' : `the ${others} other files`}
        </span>
      )}
      <button
        type="button"
        className="arena-button"
        disabled={busy}
        aria-describedby={others > 0 ? note : undefined}
        onClick={() => void onFork()}
      >
        Open this text as a new session
      </button>
    </div>
  );
}
