/** What moves the film: where it is, whether and how fast it plays. */
import { useCallback, useEffect, useMemo, useState } from 'react';

import type { Film } from '../../playback/film';
import { Timeline } from '../../playback/timeline';

export const SPEEDS = [1, 2, 4, 8, 16, 32, 64] as const;

/** Where the film is: the last entry that has happened, and milliseconds of film time. */
interface Place {
  seq: number;
  time: number;
}

export interface Player extends Place {
  timeline: Timeline;
  playing: boolean;
  speed: number;
  skipIdle: boolean;
  /** Go to an entry, or to a time; playing goes on from there. */
  seek: (seq: number) => void;
  seekTime: (time: number) => void;
  /** Play or pause; at its end the film starts again. */
  toggle: () => void;
  setSpeed: (speed: number) => void;
  setSkipIdle: (skip: boolean) => void;
}

/** A player that stands at the film's end: what came of it is what one wants to see first. */
export function usePlayer(film: Film): Player {
  const [skipIdle, setSkip] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [playing, setPlaying] = useState(false);
  const timeline = useMemo(() => new Timeline(film.data.at, skipIdle), [film, skipIdle]);
  const [place, setPlace] = useState<Place>(() => ({ seq: film.end, time: timeline.length }));

  const seek = useCallback(
    (seq: number) => {
      const within = Math.min(film.end, Math.max(0, seq));
      setPlace({ seq: within, time: timeline.timeOf(within) });
    },
    [film, timeline]
  );
  const seekTime = useCallback(
    (time: number) => {
      const within = Math.min(timeline.length, Math.max(0, time));
      setPlace({ seq: timeline.seqAt(within), time: within });
    },
    [timeline]
  );
  const setSkipIdle = useCallback(
    (skip: boolean) => {
      setSkip(skip);
      // The same entry, at its time in the other count.
      setPlace(({ seq }) => ({ seq, time: new Timeline(film.data.at, skip).timeOf(seq) }));
    },
    [film]
  );
  const toggle = useCallback(() => {
    setPlace(now => (!playing && now.time >= timeline.length ? { seq: 0, time: 0 } : now));
    setPlaying(!playing);
  }, [playing, timeline]);

  useEffect(() => {
    if (!playing) {
      return;
    }
    let before: number | null = null;
    let frame = requestAnimationFrame(function next(now) {
      const passed = before === null ? 0 : now - before;
      before = now;
      setPlace(({ time }) => {
        const moved = Math.min(timeline.length, time + passed * speed);
        return { seq: timeline.seqAt(moved), time: moved };
      });
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, timeline]);

  const over = playing && place.time >= timeline.length;
  if (over) {
    setPlaying(false);
  }
  return {
    ...place,
    ...{ timeline, playing: playing && !over, speed, skipIdle },
    ...{ seek, seekTime, toggle, setSpeed, setSkipIdle }
  };
}
