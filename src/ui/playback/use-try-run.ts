/** Runs the program of a moment in this browser. The recording does not change. */
import { uuidv4 } from 'lib0/random';
import { useEffect, useRef, useState } from 'react';

import { fold } from '../../session/fold';
import { optimistic } from '../../session/optimistic';
import type { Language, Run, User } from '../../protocol/wire';
import type { Runners } from '../../client/runner';
import { startRun } from '../../client/run';
import type { OwnRun } from '../../client/run';
import type { Film } from '../../playback/film';
import { initialState } from '../../session/state';

/** The author of these runs: the reader of the recording. */
export const VIEWER: User = { id: 'watcher', name: 'You', color: '#757575', role: 'observer' };

/** A program; `files` has the text of each file but the main one, by name. */
interface Program {
  language: Language;
  main?: string;
  code: string;
  files: Readonly<Record<string, string>>;
}

/** The program of `film` after entry `seq`. */
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

/** The runs, newest last; they are not in the recording. */
interface TryRun {
  runs: readonly Run[];
  running: boolean;
  run: (program: Program) => void;
  stop: () => void;
}

/** The session state that the fold needs; only its runs are used. */
const EMPTY_STATE = initialState({ id: '', title: '', language: 'python', createdAt: '' });

/** `timeLimit` is in milliseconds. */
export function useTryRun(runners: Runners | null, timeLimit: () => number): TryRun {
  const [state, setState] = useState(EMPTY_STATE);
  const current = useRef<OwnRun | null>(null);
  useEffect(() => () => current.current?.stop(), []);

  const run = (program: Program): void => {
    if (runners === null || state.runs.at(-1)?.status === 'running') {
      return;
    }
    current.current = startRun({
      ...{ id: uuidv4(), runner: runners[program.language], ...program },
      // There is no prompt here: a program that reads gets the end of input.
      stdin: '',
      timeLimit: timeLimit(),
      emit: event => {
        const logged = optimistic(event, VIEWER.id, Date.now());
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
