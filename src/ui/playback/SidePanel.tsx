/** Beside the film's text: the events, the output at that moment, and a run of that moment's program. */
import { useId, useState } from 'react';
import type { JSX, KeyboardEvent, ReactNode } from 'react';

import type { Runners } from '../../client/runner';
import type { Film } from '../../playback/film';
import { LANGUAGE_NAMES } from '../../protocol/wire';
import type { SessionState } from '../../session/state';
import { Output } from '../output/Output';
import { EventList } from './EventList';
import type { Participants } from './sentences';
import { VIEWER, programAt, useTryRun } from './use-try-run';

const TABS = ['What happened', 'Output then', 'Run it here'] as const;

/** `state` is the session after entry `seq`; `timeLimit` is in milliseconds. */
export function SidePanel(props: {
  film: Film;
  state: SessionState;
  participants: Participants;
  seq: number;
  runners: Runners | null;
  timeLimit: () => number;
  onSeek: (seq: number) => void;
}): JSX.Element {
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
        onSeek={props.onSeek}
      />
    ),
    'Output then':
      state.runs.length === 0 ? (
        <p className="arena-empty">Nothing had been run by then.</p>
      ) : (
        <Output runs={state.runs} participants={participants} me={null} />
      ),
    'Run it here': (
      <div className="arena-try-run">
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
    <section className="arena-film-side" aria-label="Beside the text">
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

/** The arrow keys move between tabs, as in other tab lists; they do not reach the player. */
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
