/** The screen of a film: the text with its question, the side panel, and the player's controls below. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import type { Runners } from '../../client/runner';
import type { Film, FilmText } from '../../playback/film';
import type { Verdict } from '../../playback/open-film';
import type { User } from '../../protocol/wire';
import { Question } from '../question/Question';
import { Controls } from './Controls';
import { FilmEditor } from './FilmEditor';
import { Header } from './Header';
import type { Fork } from './Header';
import { Scrubber } from './Scrubber';
import type { Participants } from './sentences';
import { ShortcutsDialog, handleShortcut } from './shortcuts';
import { SidePanel } from './SidePanel';
import { usePlayer } from './use-player';

export interface ScreenProps {
  film: Film;
  verdict: Promise<Verdict>;
  /** The runners of programs; null where nothing can be run. */
  runners: Runners | null;
  /** Milliseconds that a run may take. */
  timeLimit: () => number;
  /** Null where no session can be created. */
  fork: Fork | null;
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
  // The main file of the moment, unless the reader picked a text.
  const text = picked ?? film.padText(state.main);
  const controls = {
    ...{ film, player },
    toggleAuthors: () => setByAuthor(!byAuthor),
    showKeys: () => setKeys(true)
  };

  useEffect(() => {
    // The shortcuts work at once, unless another element has the focus.
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
      <Header
        {...{ film, state, text, picked, seq: player.seq }}
        verdict={props.verdict}
        fork={props.fork}
        onPick={setPicked}
      />
      <div className="arena-workspace">
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
        <SidePanel
          {...{ film, state, participants, seq: player.seq }}
          runners={props.runners}
          timeLimit={props.timeLimit}
          onSeek={player.seek}
        />
      </div>
      <Scrubber {...{ film, player, people, present: state.present, participants }} />
      <Controls controls={controls} byAuthor={byAuthor} />
      {keys && <ShortcutsDialog onClose={() => setKeys(false)} />}
    </div>
  );
}

/** All participants in the order in which they joined, those who typed before those who did not. */
function peopleOf({ data }: Film, participants: Participants): User[] {
  const typed = new Set(data.authors.filter((_, index) => data.by.includes(index)));
  const all = [...participants.values()];
  return [...all.filter(({ id }) => typed.has(id)), ...all.filter(({ id }) => !typed.has(id))];
}
