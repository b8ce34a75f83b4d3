/** The state of the player: the position in the film, playing or paused, the speed, and idle time. */
import { useCallback, useEffect, useMemo, useState } from 'react';

import type { Film } from '../../playback/film';
import { Timeline } from '../../playback/timeline';

export const SPEEDS = [1, 2, 4, 8, 16, 32, 64] as const;

/** A position: the last log entry up to it, and milliseconds of film time. */
interface Position {
  seq: number;
  time: number;
}

export interface Player extends Position {
  timeline: Timeline;
  playing: boolean;
  speed: number;
  skipIdle: boolean;
  /** Go to a log entry, or to a film time; a film that plays goes on from there. */
  seek: (seq: number) => void;
  seekTime: (time: number) => void;
  /** Play or pause; from its end, a film starts again. */
  toggle: () => void;
  setSpeed: (speed: number) => void;
  setSkipIdle: (skip: boolean) => void;
}

/** A player that starts paused at the film's end, where the final text is. */
export function usePlayer(film: Film): Player {
  const [skipIdle, setSkip] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [playing, setPlaying] = useState(false);
  const timeline = useMemo(() => new Timeline(film.data.at, skipIdle), [film, skipIdle]);
  const [position, setPosition] = useState<Position>(() => ({
    seq: film.end,
    time: timeline.length
  }));

  const seek = useCallback(
    (seq: number) => {
      const within = Math.min(film.end, Math.max(0, seq));
      setPosition({ seq: within, time: timeline.timeOf(within) });
    },
    [film, timeline]
  );
  const seekTime = useCallback(
    (time: number) => {
      const within = Math.min(timeline.length, Math.max(0, time));
      setPosition({ seq: timeline.seqAt(within), time: within });
    },
    [timeline]
  );
  const setSkipIdle = useCallback(
    (skip: boolean) => {
      setSkip(skip);
      // The same entry, at its time in the other timeline.
      setPosition(({ seq }) => ({ seq, time: new Timeline(film.data.at, skip).timeOf(seq) }));
    },
    [film]
  );
  const toggle = useCallback(() => {
    setPosition(now => (!playing && now.time >= timeline.length ? { seq: 0, time: 0 } : now));
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
      setPosition(({ time }) => {
        const moved = Math.min(timeline.length, time + passed * speed);
        return { seq: timeline.seqAt(moved), time: moved };
      });
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, timeline]);

  const ended = playing && position.time >= timeline.length;
  if (ended) {
    setPlaying(false);
  }
  return {
    ...position,
    ...{ timeline, playing: playing && !ended, speed, skipIdle },
    ...{ seek, seekTime, toggle, setSpeed, setSkipIdle }
  };
}
