/** The output pane: the latest run, or an earlier run that the reader picked. */
import { Fragment, useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, RefObject } from 'react';

import { LANGUAGE_NAMES } from '../../protocol/wire';
import { firstName } from '../../session/files';
import type { Place, Run, User } from '../../protocol/wire';
import type { Runner } from '../../client/runner';
import type { RunOptions as Options } from '../../client/run-controller';
import { InputPrompt } from './InputPrompt';
import { OutputChunks } from './OutputChunks';
import { PlainText } from '../common/PlainText';
import { ErrorText } from './ErrorText';
import { RunOptions } from './RunOptions';
import { silence } from './silence';
import { RUN_KEYS, ranBy, runStatus, timeOfDay } from '../common/format';

/** The actions on runs in a live room. */
export interface OutputRoom {
  /** How programs in the session's language get their input. */
  input: Runner['input'];
  mayRun: boolean;
  options: Options;
  onOptions: (options: Partial<Options>) => void;
  onAnswer: (text: string | null) => void;
  onRunAgain: (run: Run) => void;
  /** Whether the session still has the file of `run` with this name. */
  hasFile: (name: string, run: Run) => boolean;
  onGoTo: (place: Place, name: string, run: Run) => void;
}

/**
 * The newest of `runs` is last; `participants` have the names of their authors. Without a `room` the
 * pane has no actions.
 */
interface OutputProps {
  runs: readonly Run[];
  participants: ReadonlyMap<string, User>;
  me: User | null;
  room?: OutputRoom | undefined;
}

/** Pixels from the end within which the pane follows new output. */
const NEAR_END = 24;

export function Output({ runs, participants, me, room }: OutputProps): JSX.Element {
  const latest = runs.at(-1);
  const [picked, setPicked] = useState<string | null>(null);
  const [newestSeen, setNewestSeen] = useState(latest?.id);

  // A run of one's own is shown at once; a run of another participant does not replace the picked one.
  if (latest?.id !== newestSeen) {
    setNewestSeen(latest?.id);
    if (latest !== undefined && latest.userId === me?.id) {
      setPicked(null);
    }
  }

  const run = runs.find(candidate => candidate.id === picked) ?? latest;
  return (
    <section className="arena-output" aria-label="Output">
      <div className="arena-output-head">
        <h3>Output</h3>
        {runs.length > 1 && (
          <select
            className="arena-select"
            aria-label="Which run"
            value={run === latest ? '' : run?.id}
            onChange={event => setPicked(event.target.value || null)}
          >
            <option value="">Latest run</option>
            {runs
              .slice(0, -1)
              .reverse()
              .map(earlier => (
                <option key={earlier.id} value={earlier.id}>
                  {timeOfDay(earlier.startedAt)} · {LANGUAGE_NAMES[earlier.language]} ·{' '}
                  {authorOf(earlier, participants)}
                </option>
              ))}
          </select>
        )}
        <p role="status" className="arena-run-status" data-status={run?.status}>
          {run ? runStatus(run.status, run.durationMs) : ''}
        </p>
      </div>
      {run ? (
        <RunView
          key={run.id}
          run={run}
          author={authorOf(run, participants)}
          byline={ranBy(run, participants, me)}
          isMine={run.userId !== null && run.userId === me?.id}
          room={room}
        />
      ) : (
        <p className="arena-empty">Press Run, or {RUN_KEYS} in the code. The output shows here.</p>
      )}
      {room?.mayRun && (
        <RunOptions input={room.input} options={room.options} onChange={room.onOptions} />
      )}
    </section>
  );
}

function authorOf(run: Run, participants: ReadonlyMap<string, User>): string {
  return (run.userId === null ? undefined : participants.get(run.userId)?.name) ?? 'Someone';
}

/** One run. It stays scrolled to its end until the reader scrolls up. */
function RunView(props: {
  run: Run;
  author: string;
  byline: string;
  isMine: boolean;
  room: OutputRoom | undefined;
}): JSX.Element {
  const { run, author, byline, isMine, room } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const position = useRef(0);
  const focus = useFocusRestore(scroller, run.status === 'running');
  const others = useMemo(() => Object.keys(run.files ?? {}), [run.files]);

  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current];
    if (!outer || !inner) {
      return;
    }
    // The end moves with new output, with images that load, and with banners over the room.
    const observer = new ResizeObserver(() => {
      if (following.current) {
        outer.scrollTop = outer.scrollHeight;
      }
    });
    observer.observe(outer);
    observer.observe(inner);
    return () => observer.disconnect();
  }, []);

  return (
    <>
      <div className="arena-run-head">
        <span>
          {byline} · {LANGUAGE_NAMES[run.language]} · {timeOfDay(run.startedAt)}
        </span>
        <RunCode run={run} />
        {room?.mayRun && !isMine && run.code !== '' && run.status !== 'running' && (
          <RunAgain run={run} onRunAgain={room.onRunAgain} />
        )}
      </div>
      <div
        ref={scroller}
        className="arena-run-output"
        role="region"
        aria-label="Output of this run"
        tabIndex={0}
        onScroll={event => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          // New output also increases the distance to the end; only scrolling up stops following.
          const wentUp = scrollTop < position.current;
          position.current = scrollTop;
          if (scrollHeight - scrollTop - clientHeight < NEAR_END) {
            following.current = true;
          } else if (wentUp) {
            following.current = false;
          }
        }}
      >
        <div ref={content}>
          {run.trimmed && (
            <p className="arena-note">The output of this run is no longer kept here.</p>
          )}
          <OutputChunks id={run.id} chunks={run.chunks} />
          {run.error !== null && run.error !== '' && (
            <ErrorText
              text={run.error}
              location={run.location}
              main={run.main ?? firstName(run.language)}
              others={others}
              hasFile={name => room?.hasFile(name, run) ?? false}
              onGoTo={(place, name) => room?.onGoTo(place, name, run)}
            />
          )}
          {run.asks !== null && (
            <InputPrompt
              prompt={run.asks}
              of={author}
              onAnswer={isMine ? room?.onAnswer : undefined}
              onFocus={focus.asked}
              onRemovedWithFocus={focus.answered}
            />
          )}
          {isSilent(run) && <p className="arena-empty">{silence(run)}</p>}
        </div>
      </div>
    </>
  );
}

/** The program of a run, which is drawn when somebody asks for it. */
function RunCode({ run }: { run: Run }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details className="arena-run-code" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>Code of this run</summary>
      {open && (
        <>
          <CodeText text={run.code} />
          {Object.entries(run.files ?? {}).map(([name, text]) => (
            <Fragment key={name}>
              <p>{name}</p>
              <CodeText text={text} />
            </Fragment>
          ))}
        </>
      )}
    </details>
  );
}

function CodeText({ text }: { text: string }): JSX.Element {
  return (
    <div className="arena-code-text">
      <PlainText text={text} />
    </div>
  );
}

/**
 * Restores the focus that input prompts took, once the program has ended. Until then the output has
 * it, so that keys typed ahead of the next prompt do not reach the editor.
 */
function useFocusRestore(
  output: RefObject<HTMLElement>,
  isRunning: boolean
): { asked: (from: EventTarget | null) => void; answered: () => void } {
  const before = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (!isRunning && document.activeElement === output.current) {
      before.current?.focus();
    }
  }, [output, isRunning]);
  return {
    asked: from => {
      if (from instanceof HTMLElement && !output.current?.contains(from)) {
        before.current = from;
      }
    },
    answered: () => output.current?.focus({ preventScroll: true })
  };
}

/** A button that runs another participant's program, with its files, in this browser. */
function RunAgain(props: { run: Run; onRunAgain: (run: Run) => void }): JSX.Element {
  return props.run.files === null ? (
    <p>Its other files are no longer kept, so it cannot run again as it was.</p>
  ) : (
    <button type="button" className="arena-run-again" onClick={() => props.onRunAgain(props.run)}>
      Run it again in mine
    </button>
  );
}

function isSilent(run: Run): boolean {
  return run.status !== 'running' && !run.trimmed && run.chunks.length === 0 && !run.error;
}
