/** The runs in a session's state: their changes and their bounds. */
import { LIMITS } from '../protocol/wire';
import { costOf } from './run-output';
import type { Run } from '../protocol/wire';

/** The fields of a run before its first output. */
export const NEW_RUN = {
  chunks: [],
  status: 'running',
  error: null,
  durationMs: null,
  trimmed: false,
  location: null,
  main: null,
  files: {},
  asks: null
} as const;

/** `runs` and a new one, within their bounds. */
export function addRun(runs: readonly Run[], run: Run): readonly Run[] {
  return boundedRuns([...runs, run]);
}

/** `runs` with the run `id` changed. A run that has ended stays as it is; a lost one may go on. */
export function changeRun(
  runs: readonly Run[],
  id: string,
  change: (run: Run) => Run
): readonly Run[] {
  return boundedRuns(runs.map(run => (run.id === id && goesOn(run) ? change(run) : run)));
}

/** Whether a run has not ended; a run that was lost may go on. */
export function goesOn({ status }: Run): boolean {
  return status === 'running' || status === 'lost';
}

/**
 * `runs` after `userId` has left: that participant's browser sends no more reports, unless it was only
 * the network that was lost; so an open question stays.
 */
export function loseRuns(runs: readonly Run[], userId: string): readonly Run[] {
  return runs.map(run =>
    run.userId === userId && run.status === 'running' ? { ...run, status: 'lost' } : run
  );
}

/**
 * The newest of `runs`, within `LIMITS.runs` and `LIMITS.codeKept`. The oldest of these lose their
 * output beyond `LIMITS.outputKept`, and their files beyond `LIMITS.filesKept`.
 */
export function boundedRuns(runs: readonly Run[]): readonly Run[] {
  const newest = withoutOldFiles(newestOf(runs));
  const sizes = newest.map(run => costOf(run.chunks));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  return newest.map((run, index) => {
    if (total <= LIMITS.outputKept || run.chunks.length === 0) return run;
    total -= sizes[index] ?? 0;
    return { ...run, chunks: [], trimmed: true };
  });
}

function newestOf(runs: readonly Run[]): readonly Run[] {
  let kept = 0;
  const last = runs.findLastIndex((run, index) => {
    kept += run.code.length + (run.error?.length ?? 0);
    return runs.length - index > LIMITS.runs || (kept > LIMITS.codeKept && index < runs.length - 1);
  });
  return runs.slice(last + 1);
}

function withoutOldFiles(runs: readonly Run[]): readonly Run[] {
  const sizes = runs.map(({ files }) => (files === null ? 0 : sizeOf(files)));
  let kept = sizes.reduce((sum, size) => sum + size, 0);
  return runs.map((run, index) => {
    const size = sizes[index] ?? 0;
    if (kept <= LIMITS.filesKept || size === 0) return run;
    kept -= size;
    return { ...run, files: null };
  });
}

function sizeOf(files: Readonly<Record<string, string>>): number {
  return Object.values(files).reduce((sum, text) => sum + text.length, 0);
}
