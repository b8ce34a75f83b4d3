/** The player's controls: play, step, jump, speed, idle time and author colours. */
import { useState } from 'react';
import type { JSX } from 'react';

import type { PlayerActions } from './shortcuts';
import { JUMPS, jump, stepEdit } from './shortcuts';
import { SPEEDS } from './use-player';
import { filmTime } from './sentences';
import { timeOfDay } from '../common/format';

export function Controls(props: { controls: PlayerActions; byAuthor: boolean }): JSX.Element {
  const { controls, byAuthor } = props;
  const { film, player } = controls;
  const [target, setTarget] = useState(JUMPS[0]?.name ?? '');
  const kinds = JUMPS.find(({ name }) => name === target)?.kinds ?? [];
  const before = film.moment(player.seq, -1, kinds);
  const after = film.moment(player.seq, 1, kinds);

  return (
    <div className="arena-controls">
      <div className="arena-controls-group">
        <button
          type="button"
          className="arena-button"
          aria-label="One keystroke back"
          disabled={player.seq === 0}
          onClick={() => stepEdit(controls, -1)}
        >
          <span aria-hidden="true">‹</span>
        </button>
        <button
          type="button"
          className="arena-button arena-primary arena-run"
          onClick={() => player.toggle()}
        >
          <span
            aria-hidden="true"
            className={player.playing ? 'arena-icon-pause' : 'arena-icon-run'}
          />
          {player.playing ? 'Pause' : 'Play'}
        </button>
        <button
          type="button"
          className="arena-button"
          aria-label="One keystroke forward"
          disabled={player.seq === film.end}
          onClick={() => stepEdit(controls, 1)}
        >
          <span aria-hidden="true">›</span>
        </button>
      </div>
      <output className="arena-film-time">
        <strong>{timeOfDay(film.data.at[player.seq] ?? 0)}</strong> {filmTime(player.time)} /{' '}
        {filmTime(player.timeline.length)}
      </output>
      <div className="arena-controls-group">
        <button
          type="button"
          className="arena-button"
          aria-label={`Previous of ${target}`}
          disabled={before === null}
          onClick={() => jump(controls, -1, kinds)}
        >
          <span aria-hidden="true">⇤</span>
        </button>
        <select
          className="arena-select"
          aria-label="Jump between"
          value={target}
          onChange={event => setTarget(event.target.value)}
        >
          {JUMPS.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button
          type="button"
          className="arena-button"
          aria-label={`Next of ${target}`}
          disabled={after === null}
          onClick={() => jump(controls, 1, kinds)}
        >
          <span aria-hidden="true">⇥</span>
        </button>
      </div>
      <select
        className="arena-select"
        aria-label="Speed"
        value={player.speed}
        onChange={event => player.setSpeed(Number(event.target.value))}
      >
        {SPEEDS.map(speed => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
      <label className="arena-check">
        <input
          type="checkbox"
          checked={player.skipIdle}
          onChange={event => player.setSkipIdle(event.target.checked)}
        />
        Skip idle
      </label>
      <label className="arena-check">
        <input type="checkbox" checked={byAuthor} onChange={() => controls.toggleAuthors()} />
        Colour by author
      </label>
      <button
        type="button"
        className="arena-button arena-controls-help"
        aria-label="Keys"
        onClick={() => controls.showKeys()}
      >
        ?
      </button>
    </div>
  );
}
