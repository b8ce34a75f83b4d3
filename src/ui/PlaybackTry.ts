/** Trying a moment's text: run in this browser, beside the recording and without touching it. */
import { useEffect, useRef, useState } from 'react';

import { fold, predicted } from '../core/model';
import type { Language, Run, User } from '../core/protocol';
import type { Runners } from '../core/runner';
import { startRun } from '../core/runs';
import type { OwnRun } from '../core/runs';
import { initialState } from '../playback/states';

/** Whoever watches: their runs are told as their own. */
export const WATCHER: User = { id: 'watcher', name: 'You', color: '#757575', role: 'observer' };

/** Runs of our own, newest last; none of them is in the recording. */
export interface Tries {
  runs: readonly Run[];
  running: boolean;
  run: (code: string, language: Language) => void;
  stop: () => void;
}

/** The fold wants a session around its runs; this one has nothing else. */
const NOTHING = initialState({ id: '', title: '', language: 'python', createdAt: '' }, 'python');

/** `timeLimit` is in milliseconds. */
export function useTries(runners: Runners | null, timeLimit: () => number): Tries {
  const [state, setState] = useState(NOTHING);
  const current = useRef<OwnRun | null>(null);
  useEffect(() => () => current.current?.stop(), []);

  const run = (code: string, language: Language): void => {
    if (runners === null || state.runs.at(-1)?.status === 'running') {
      return;
    }
    current.current = startRun({
      ...{ id: crypto.randomUUID(), runner: runners[language], language, code },
      timeLimit: timeLimit(),
      emit: event => {
        const logged = predicted(event, WATCHER.id, Date.now());
        if (logged) {
          setState(before => fold(before, logged));
        }
      }
    });
  };
  return {
    runs: state.runs,
    running: state.runs.at(-1)?.status === 'running',
    run,
    stop: () => current.current?.stop()
  };
}
