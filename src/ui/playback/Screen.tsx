/** A film on the screen: its text, its output or its sentences, and the player below. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { JSX, KeyboardEvent, ReactNode } from 'react';

import { LANGUAGE_NAMES } from '../../protocol/languages';
import type { SessionState } from '../../session/fold';
import type { User } from '../../protocol/wire';
import type { Film, FilmText } from '../../playback/film';
import type { Verdict } from '../../playback/open-film';
import { Output } from '../output/Output';
import type { PlaybackProps } from './Playback';
import { Controls } from './Controls';
import { FilmEditor } from './FilmEditor';
import { ShortcutsDialog, handleShortcut } from './shortcuts';
import { usePlayer } from './use-player';
import { Scrubber } from './Scrubber';
import { EventList } from './EventList';
import { VIEWER, programAt, useTryRun } from './use-try-run';
import type { Participants } from './sentences';
import { ErrorMessage } from '../common/ErrorMessage';
import { Question } from '../question/Question';
import { messageOf } from '../common/hooks';
import { dayAndTime, titleOf } from '../common/format';

export interface ScreenProps extends Omit<PlaybackProps, 'open'> {
  film: Film;
  verdict: Promise<Verdict>;
}

export function Screen(props: ScreenProps): JSX.Element {
  const { film } = props;
  const player = usePlayer(film);
  const [picked, setPicked] = useState<FilmText | null>(null);
  const [byAuthor, setByAuthor] = useState(false);
  const [keys, setKeys] = useState(false);
  const [blame, setBlame] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const participants = useMemo(() => film.stateAt(film.end).participants, [film]);
  const people = useMemo(() => peopleOf(film, participants), [film, participants]);
  const state = film.stateAt(player.seq);
  // The file that runs, unless the reader picked another.
  const text = picked ?? film.padText(state.main);
  const controls = {
    ...{ film, player },
    toggleAuthors: () => setByAuthor(!byAuthor),
    showKeys: () => setKeys(true)
  };

  useEffect(() => {
    // The keys work at once, unless somebody is elsewhere already.
    if (document.activeElement === null || document.activeElement === document.body) {
      root.current?.querySelector<HTMLElement>('[role=slider]')?.focus();
    }
  }, []);

  return (
    <div
      ref={root}
      className="arena-panel arena-playback"
      onKeyDown={(event: KeyboardEvent<HTMLElement>) => handleShortcut(event, controls)}
    >
      <Head {...props} {...{ state, text, picked }} seq={player.seq} onText={setPicked} />
      <div className="arena-work">
        <div className="arena-film">
          <Question question={state.question} />
          <FilmEditor
            {...{ film, text, seq: player.seq, participants, byAuthor }}
            language={state.language}
            onBlame={setBlame}
          />
          <p role="status" className="arena-film-blame">
            {blame ?? 'Point at a character to see who typed it, and when.'}
          </p>
        </div>
        <Side
          {...props}
          state={state}
          participants={participants}
          seq={player.seq}
          seek={player.seek}
        />
      </div>
      <Scrubber {...{ film, player, people, present: state.present, participants }} />
      <Controls controls={controls} byAuthor={byAuthor} />
      {keys && <ShortcutsDialog onClose={() => setKeys(false)} />}
    </div>
  );
}

/** Those who typed first, in the order in which they came; the rest after them. */
function peopleOf({ data }: Film, participants: Participants): User[] {
  const typed = new Set(data.authors.filter((_, index) => data.by.includes(index)));
  const all = [...participants.values()];
  return [...all.filter(({ id }) => typed.has(id)), ...all.filter(({ id }) => !typed.has(id))];
}

const STATUS = { open: '', locked: 'Locked for candidates', ended: 'Ended' } as const;

/** No index of a text: whichever file it is that runs at each moment. */
const RUNS = -1;

function Head(
  props: ScreenProps & {
    state: SessionState;
    seq: number;
    text: FilmText;
    picked: FilmText | null;
    onText: (picked: FilmText | null) => void;
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
          value={picked === null ? RUNS : texts.indexOf(picked)}
          onChange={event => props.onText(texts[Number(event.target.value)] ?? null)}
        >
          <option value={RUNS}>The file that runs</option>
          {texts.map((each, index) => (
            <option key={index} value={index}>
              {nameOfText(each, state)}
            </option>
          ))}
        </select>
      )}
      {props.fork && <Fork {...props} fork={props.fork} />}
    </header>
  );
}

function nameOfText({ document, root }: FilmText, { files }: SessionState): string {
  if (document === 'notes') {
    return 'Private notes';
  }
  return files.find(file => file.root === root)?.name ?? 'A file that is not there now';
}

/** What the chain says; it is followed while one watches already. */
function VerdictNote({ verdict }: { verdict: Promise<Verdict> }): JSX.Element {
  const [known, setKnown] = useState<Verdict>({ state: 'checking' });
  useEffect(() => {
    let shown = true;
    void verdict.then(said => shown && setKnown(said));
    return () => {
      shown = false;
    };
  }, [verdict]);
  if (known.state === 'changed') {
    return (
      <p role="alert" className="arena-problem arena-verdict">
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

function Fork(
  props: ScreenProps & {
    fork: NonNullable<PlaybackProps['fork']>;
    state: SessionState;
    seq: number;
    text: FilmText;
  }
): JSX.Element {
  const { film, state, seq, text, fork } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const note = useId();
  const onFork = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { title, language, question } = state;
      const code = film.frame(text, seq).text;
      await fork({ title: titleOf(title), language, question, code });
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  const others = state.files.filter(({ root }) => root !== text.root).length;
  return (
    <div className="arena-actions">
      <ErrorMessage text={problem} />
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

const TABS = ['What happened', 'Output then', 'Run it here'] as const;

/** Beside the text: the sentences, the output as it was, and what it does when run again. */
function Side(
  props: ScreenProps & {
    state: SessionState;
    participants: Participants;
    seq: number;
    seek: (seq: number) => void;
  }
): JSX.Element {
  const { film, state, participants, seq } = props;
  const [tab, setTab] = useState<(typeof TABS)[number]>(TABS[0]);
  const tryRun = useTryRun(props.runners, props.timeLimit);
  const id = useId();

  const panels: Readonly<Record<(typeof TABS)[number], ReactNode>> = {
    'What happened': (
      <EventList
        moments={film.data.moments}
        seq={seq}
        participants={participants}
        onSeek={props.seek}
      />
    ),
    'Output then':
      state.runs.length === 0 ? (
        <p className="arena-empty">Nothing had been run by then.</p>
      ) : (
        <Output runs={state.runs} participants={participants} me={null} />
      ),
    'Run it here': (
      <div className="arena-try">
        <p className="arena-note">
          Runs the code of this moment in your browser. The recording stays as it is.
        </p>
        <button
          type="button"
          className={`arena-button ${tryRun.running ? 'arena-stop' : 'arena-primary'}`}
          onClick={() => (tryRun.running ? tryRun.stop() : tryRun.run(programAt(film, seq)))}
        >
          {tryRun.running ? 'Stop' : `Run as ${LANGUAGE_NAMES[state.language]}`}
        </button>
        {tryRun.runs.length > 0 && (
          <Output runs={tryRun.runs} participants={participants} me={VIEWER} />
        )}
      </div>
    )
  };

  return (
    <section className="arena-side-by" aria-label="Beside the text">
      <div role="tablist" className="arena-tabs" onKeyDown={event => moveTab(event)}>
        {TABS.filter(name => name !== 'Run it here' || props.runners !== null).map(name => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-controls={`${id}-panel`}
            aria-selected={name === tab}
            tabIndex={name === tab ? 0 : -1}
            onClick={() => setTab(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        {panels[tab]}
      </div>
    </section>
  );
}

/** Arrows move between tabs, as tabs do everywhere; the player does not hear of it. */
function moveTab(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined || event.shiftKey) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')];
  const next = tabs[tabs.findIndex(tab => tab === document.activeElement) + step];
  next?.focus();
  next?.click();
}
