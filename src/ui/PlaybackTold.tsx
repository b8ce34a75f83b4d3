/** The recording as a list of sentences: to read, to search, to hear, and to go to each. */
import { memo, useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import { countUpTo } from '../playback/film';
import type { Moment } from '../playback/moments';
import type { Cast } from './PlaybackWords';
import { isNotable, sentence } from './PlaybackWords';
import { timeOfDay } from './words';

/** Sentences on the page at once. */
const SHOWN = 400;

export interface PlaybackToldProps {
  moments: readonly Moment[];
  /** The last entry that has happened. */
  seq: number;
  cast: Cast;
  onSeek: (seq: number) => void;
}

export function PlaybackTold({ moments, seq, cast, onSeek }: PlaybackToldProps): JSX.Element {
  const current = countUpTo(
    moments.map(moment => moment.seq),
    seq
  );
  return <Sentences moments={moments} current={current - 1} cast={cast} onSeek={onSeek} />;
}

/** `current` is the last moment that has happened, -1 before the first. */
const Sentences = memo(function Sentences(props: {
  moments: readonly Moment[];
  current: number;
  cast: Cast;
  onSeek: (seq: number) => void;
}): JSX.Element {
  const { moments, current, cast, onSeek } = props;
  const [filter, setFilter] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const wanted = filter.trim().toLowerCase();
  const told = moments
    .map((moment, index) => ({ moment, index, text: sentence(moment, cast) }))
    .filter(
      ({ text, moment }) =>
        wanted === '' || `${timeOfDay(moment.at)} ${text}`.toLowerCase().includes(wanted)
    );
  // Those around the present moment, where there are too many for a page.
  const here = Math.max(
    0,
    told.findLastIndex(({ index }) => index <= current)
  );
  const first = Math.max(0, Math.min(here - SHOWN / 2, told.length - SHOWN));
  const page = told.slice(first, first + SHOWN);

  useEffect(() => {
    const item = list.current?.querySelector<HTMLElement>('[aria-current]');
    // Whoever is in the list with the keyboard is not moved in it.
    if (item && list.current && !list.current.contains(document.activeElement)) {
      list.current.scrollTop = item.offsetTop - list.current.clientHeight / 2;
    }
  }, [current]);

  return (
    <div className="arena-told">
      <div className="arena-told-head">
        <input
          type="search"
          aria-label="Find in what happened"
          placeholder="Find: pasted, error, a name…"
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
        <span role="status" className="arena-note">
          {told.length === moments.length
            ? `${moments.length} moments`
            : `${told.length} of ${moments.length}`}
        </span>
      </div>
      <ol ref={list} className="arena-told-list" aria-label="What happened">
        {first > 0 && <li className="arena-note">… {first} earlier</li>}
        {page.map(({ moment, index, text }) => (
          <li
            key={index}
            data-notable={isNotable(moment)}
            aria-current={index === current ? 'step' : undefined}
          >
            <button type="button" onClick={() => onSeek(moment.seq)}>
              <time dateTime={new Date(moment.at).toISOString()}>{timeOfDay(moment.at)}</time>{' '}
              {text}
            </button>
          </li>
        ))}
        {first + page.length < told.length && (
          <li className="arena-note">… {told.length - first - page.length} later</li>
        )}
      </ol>
      {told.length === 0 && <p className="arena-empty">Nothing like that happened.</p>}
    </div>
  );
});
