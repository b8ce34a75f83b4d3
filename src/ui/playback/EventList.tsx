/** The list of a recording's events as sentences, with a filter; a click goes to the event. */
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { JSX } from 'react';

import { countUpTo } from '../../playback/binary-search';
import type { Moment } from '../../playback/moments';
import type { Participants } from './sentences';
import { isNotable, sentence } from './sentences';
import { timeOfDay } from '../common/format';

/** The most sentences on the page. */
const SHOWN = 200;

interface EventListProps {
  moments: readonly Moment[];
  /** The log entry that the film is at. */
  seq: number;
  participants: Participants;
  onSeek: (seq: number) => void;
}

export function EventList({ moments, seq, participants, onSeek }: EventListProps): JSX.Element {
  const starts = useMemo(() => moments.map(moment => moment.seq), [moments]);
  // The list takes longer to render than the text, so it follows at lower priority.
  const current = useDeferredValue(countUpTo(starts, seq) - 1);
  return (
    <Sentences moments={moments} current={current} participants={participants} onSeek={onSeek} />
  );
}

/** `current` is the index of the last moment up to now, -1 before the first. */
const Sentences = memo(function Sentences(props: {
  moments: readonly Moment[];
  current: number;
  participants: Participants;
  onSeek: (seq: number) => void;
}): JSX.Element {
  const { moments, current, participants, onSeek } = props;
  const [filter, setFilter] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const wanted = filter.trim().toLowerCase();
  const all = useMemo(
    () =>
      moments.map((moment, index) => {
        const time = timeOfDay(moment.at);
        return { moment, index, time, text: sentence(moment, participants) };
      }),
    [moments, participants]
  );
  const matching = useMemo(
    () => all.filter(({ time, text }) => `${time} ${text}`.toLowerCase().includes(wanted)),
    [all, wanted]
  );
  // Of more sentences than fit, those around the current moment.
  const here = Math.max(
    0,
    matching.findLastIndex(({ index }) => index <= current)
  );
  const first = Math.max(0, Math.min(here - SHOWN / 2, matching.length - SHOWN));
  const page = matching.slice(first, first + SHOWN);

  useEffect(() => {
    const outer = list.current;
    const item = outer?.querySelector<HTMLElement>('[aria-current]');
    // The list does not scroll while it has the focus.
    if (!item || !outer || outer.contains(document.activeElement)) return;
    let frame = 0;
    // Heights of sentences out of sight are estimates (`content-visibility`), so scroll again in the
    // next frames.
    const show = (more: number): void => {
      outer.scrollTop = item.offsetTop + (item.offsetHeight - outer.clientHeight) / 2;
      if (more > 0) frame = requestAnimationFrame(() => show(more - 1));
    };
    show(3);
    return () => cancelAnimationFrame(frame);
  }, [current]);

  return (
    <div className="arena-events">
      <div className="arena-events-head">
        <input
          type="search"
          aria-label="Find in what happened"
          placeholder="Find: pasted, error, a name…"
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
        <span role="status" className="arena-note">
          {matching.length === moments.length
            ? `${moments.length} moments`
            : `${matching.length} of ${moments.length}`}
        </span>
      </div>
      <ol ref={list} className="arena-event-list" aria-label="What happened">
        {first > 0 && <li className="arena-note">… {first} earlier</li>}
        {page.map(({ index, ...line }) => (
          <Line key={index} {...line} current={index === current} onSeek={onSeek} />
        ))}
        {first + page.length < matching.length && (
          <li className="arena-note">… {matching.length - first - page.length} later</li>
        )}
      </ol>
      {matching.length === 0 && <p className="arena-empty">Nothing like that happened.</p>}
    </div>
  );
});

/** One sentence; a click goes to its entry. */
const Line = memo(function Line(props: {
  moment: Moment;
  time: string;
  text: string;
  current: boolean;
  onSeek: (seq: number) => void;
}): JSX.Element {
  const { moment, time, text, current, onSeek } = props;
  return (
    <li data-notable={isNotable(moment)} aria-current={current ? 'step' : undefined}>
      <button type="button" onClick={() => onSeek(moment.seq)}>
        <time dateTime={new Date(moment.at).toISOString()}>{time}</time> {text}
      </button>
    </li>
  );
});
