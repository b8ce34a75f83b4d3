/** The scrubber: a slider over the film, with each participant's activity and marks for events. */
import { memo, useRef } from 'react';
import type { JSX, PointerEvent } from 'react';

import type { User } from '../../protocol/wire';
import type { Film } from '../../playback/film';
import type { Moment } from '../../playback/moments';
import type { Timeline } from '../../playback/timeline';
import type { Player } from './use-player';
import type { Participants } from './sentences';
import { filmTime, sentence } from './sentences';
import { safeColor } from '../common/color';
import { timeOfDay } from '../common/format';

/** The number of intervals in which activity is counted. */
const BUCKETS = 400;
/** Pixels: the height of a participant's row, and of the lowest bar in it. */
const ROW = 14;
const LEAST = 3;
/** Percent of the film. Equal marks that are nearer to each other are drawn once. */
const NEAR = 0.4;

const MARKS: Readonly<Partial<Record<Moment['kind'], { sign: string; name: string }>>> = {
  ran: { sign: '▶', name: 'run' },
  pasted: { sign: '■', name: 'paste' },
  'caught-up': { sign: '■', name: 'paste' },
  joined: { sign: '●', name: 'join' },
  language: { sign: '◆', name: 'language' },
  question: { sign: '?', name: 'question' },
  away: { sign: '○', name: 'absence' },
  empty: { sign: '○', name: 'absence' }
};

/** `people` have a row each; `present` are the ids of those who are present at this moment. */
export function Scrubber(props: {
  film: Film;
  player: Player;
  people: readonly User[];
  present: ReadonlySet<string>;
  participants: Participants;
}): JSX.Element {
  const { film, player, people, present, participants } = props;
  const { timeline, time, seq } = player;
  const track = useRef<HTMLDivElement>(null);
  const share = timeline.length === 0 ? 1 : time / timeline.length;

  const onPointer = (event: PointerEvent<HTMLDivElement>): void => {
    const box = track.current?.getBoundingClientRect();
    if (box && box.width > 0) {
      player.seekTime(((event.clientX - box.left) / box.width) * timeline.length);
    }
  };

  const at = timeOfDay(film.data.at[seq] ?? 0);
  return (
    <div className="arena-scrubber">
      <ul className="arena-scrubber-people" aria-label="People in this recording">
        {people.map(person => (
          <li key={person.id} data-present={present.has(person.id)} style={{ height: ROW }}>
            <span className="arena-dot" style={{ backgroundColor: safeColor(person.color) }} />
            <span className="arena-person-name">{person.name}</span>
            <span className="arena-hidden">
              {present.has(person.id) ? 'is here' : 'is not here'}
            </span>
          </li>
        ))}
      </ul>
      <div
        ref={track}
        className="arena-scrubber-track"
        role="slider"
        tabIndex={0}
        aria-label="Moment of the recording"
        aria-valuemin={0}
        aria-valuemax={Math.round(timeline.length)}
        aria-valuenow={Math.round(time)}
        aria-valuetext={`${at}, ${filmTime(time)} of ${filmTime(timeline.length)}`}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onPointer(event);
        }}
        onPointerMove={event => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) {
            onPointer(event);
          }
        }}
      >
        <Activity film={film} timeline={timeline} people={people} />
        <Marks film={film} timeline={timeline} participants={participants} />
        <div className="arena-playhead" style={{ left: `${share * 100}%` }} />
      </div>
    </div>
  );
}

/** A bar for each interval in which a participant typed; its height is the amount of text. */
const Activity = memo(function Activity(props: {
  film: Film;
  timeline: Timeline;
  people: readonly User[];
}): JSX.Element {
  const { film, timeline, people } = props;
  const height = Math.max(1, people.length) * ROW;
  const counts = activity(film, timeline);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${BUCKETS} ${height}`}
      preserveAspectRatio="none"
      height={height}
    >
      {people.map((person, row) => (
        <path
          key={person.id}
          fill={safeColor(person.color)}
          d={bars(counts.get(person.id), (row + 1) * ROW - 1)}
        />
      ))}
    </svg>
  );
});

function activity(film: Film, timeline: Timeline): Map<string, Float64Array> {
  const { by, authors, inserted, deleted } = film.data;
  const rows = authors.map(() => new Float64Array(BUCKETS));
  for (let seq = 1; seq <= film.end; seq++) {
    const typed = (inserted[seq] ?? 0) + (deleted[seq] ?? 0);
    const row = rows[by[seq] ?? 0];
    if (typed === 0 || !row) {
      continue;
    }
    const bucket = Math.floor((timeline.timeOf(seq) / (timeline.length + 1)) * BUCKETS);
    row[bucket] = (row[bucket] ?? 0) + typed;
  }
  return new Map(
    authors.flatMap((id, index) => (id === null ? [] : [[id, rows[index] ?? new Float64Array()]]))
  );
}

/**
 * An SVG path of bars on the line `bottom`. Their heights are logarithmic, so that a large paste does
 * not hide typing.
 */
function bars(counts: Float64Array | undefined, bottom: number): string {
  const most = Math.log1p(Math.max(1, ...(counts ?? [])));
  return Array.from(counts ?? [], (count, bucket) => {
    const height = (LEAST + (Math.log1p(count) / most) * (ROW - 2 - LEAST)).toFixed(1);
    return count === 0 ? '' : `M${bucket} ${bottom}v-${height}h1v${height}z`;
  }).join('');
}

/** The marks of events. They are hidden from screen readers, which have the list of events. */
const Marks = memo(function Marks(props: {
  film: Film;
  timeline: Timeline;
  participants: Participants;
}): JSX.Element {
  const { film, timeline, participants } = props;
  const last = new Map<string, number>();
  return (
    <div className="arena-moments" aria-hidden="true">
      {film.data.moments.flatMap((moment, index) => {
        const mark = MARKS[moment.kind];
        const left = (timeline.timeOf(moment.seq) / Math.max(1, timeline.length)) * 100;
        if (!mark || left - (last.get(mark.name) ?? -1) < NEAR) {
          return [];
        }
        last.set(mark.name, left);
        return [
          <span
            key={index}
            className={`arena-moment arena-moment-${mark.name}`}
            style={{ left: `${left}%` }}
            title={`${timeOfDay(moment.at)} ${sentence(moment, participants)}`}
          >
            {mark.sign}
          </span>
        ];
      })}
    </div>
  );
});
