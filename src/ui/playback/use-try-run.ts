/** Trying a moment's text: run in this browser, beside the recording and without touching it. */
import { uuidv4 } from 'lib0/random';
import { useEffect, useRef, useState } from 'react';

import { fold, predicted } from '../../session/fold';
import type { Language, Run, User } from '../../protocol/wire';
import type { Runners } from '../../client/runner';
import { startRun } from '../../client/run';
import type { OwnRun } from '../../client/run';
import type { Film } from '../../playback/film';
import { initialState } from '../../playback/keyframes';

/** Whoever watches: their runs are told as their own. */
export const VIEWER: User = { id: 'watcher', name: 'You', color: '#757575', role: 'observer' };

/** What a moment has to run; `files` are the others than the main one, by name. */
export interface Program {
  language: Language;
  main?: string;
  code: string;
  files: Readonly<Record<string, string>>;
}

/** What `film` has to run after entry `seq`. */
export function programAt(film: Film, seq: number): Program {
  const { files, main, language } = film.stateAt(seq);
  const textOf = (root: string): string => film.frame(film.padText(root), seq).text;
  const others = files.filter(({ root }) => root !== main);
  const name = files.find(({ root }) => root === main)?.name;
  return {
    language,
    ...(name !== undefined && { main: name }),
    code: textOf(main),
    files: Object.fromEntries(others.map(({ name, root }) => [name, textOf(root)]))
  };
}

/** Runs of our own, newest last; none of them is in the recording. */
export interface TryRun {
  runs: readonly Run[];
  running: boolean;
  run: (program: Program) => void;
  stop: () => void;
}

/** The fold wants a session around its runs; this one has nothing else. */
const NOTHING = initialState({ id: '', title: '', language: 'python', createdAt: '' }, 'python');

/** `timeLimit` is in milliseconds. */
export function useTryRun(runners: Runners | null, timeLimit: () => number): TryRun {
  const [state, setState] = useState(NOTHING);
  const current = useRef<OwnRun | null>(null);
  useEffect(() => () => current.current?.stop(), []);

  const run = (program: Program): void => {
    if (runners === null || state.runs.at(-1)?.status === 'running') {
      return;
    }
    current.current = startRun({
      ...{ id: uuidv4(), runner: runners[program.language], ...program },
      // Nobody answers questions here: a program that asks finds the end of its input.
      stdin: '',
      timeLimit: timeLimit(),
      emit: event => {
        const logged = predicted(event, VIEWER.id, Date.now());
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
