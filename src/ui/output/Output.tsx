/**
 * The output pane: the latest run, or an earlier run that the reader picked. A run of one's own stays
 * there while it goes on, whoever else starts one.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JSX, RefObject } from 'react';

import { LANGUAGE_NAMES } from '../../protocol/wire';
import { firstName } from '../../session/files';
import type { Language, Place, Run, User } from '../../protocol/wire';
import type { Runner } from '../../client/runner';
import type { RunOptions as Options } from '../../client/run-controller';
import { InputPrompt } from './InputPrompt';
import { OutputChunks } from './OutputChunks';
import { ErrorText } from './ErrorText';
import { movedLine } from './moved-line';
import { OtherRun } from './OtherRun';
import { RunCode } from './RunCode';
import { RunOptions } from './RunOptions';
import { silence } from './silence';
import { useChanged } from './use-changed';
import type { PresentTexts } from './use-changed';
import { RUN_KEYS, dayAndTime, loadingText, ranBy, runStatus, timeOfDay } from '../common/format';
import { useRunner } from '../common/hooks';

/** The actions on runs in a live room. */
export interface OutputRoom extends PresentTexts {
  /** How programs in the session's language get their input. */
  input: Runner['input'];
  runnerOf: (language: Language) => Runner;
  mayRun: boolean;
  options: Options;
  onOptions: (options: Partial<Options>) => void;
  onAnswer: (text: string | null) => void;
  onRunAgain: (run: Run) => void;
  onGoTo: (place: Place, root: string) => void;
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
  /** Whether `picked` was the latest run until somebody else started one. */
  const [held, setHeld] = useState(false);
  const [draft, setDraft] = useState<{ runId: string; text: string } | null>(null);
  const isMine = (run: Run): boolean => run.userId !== null && run.userId === me?.id;
  const pick = (id: string | null): void => {
    setPicked(id);
    setHeld(false);
  };

  // A run of one's own is shown at once. A run of another participant does not replace the picked one,
  // nor one's own while that goes on.
  if (latest?.id !== newestSeen) {
    setNewestSeen(latest?.id);
    const before = runs.find(({ id }) => id === (picked ?? newestSeen));
    const staysWithOwn = before !== undefined && isMine(before) && before.status === 'running';
    if (latest !== undefined && isMine(latest)) {
      pick(null);
    } else if (staysWithOwn && picked === null) {
      setPicked(before.id);
      setHeld(true);
    } else if (held && !staysWithOwn) {
      pick(null);
    }
  }

  const run = runs.find(candidate => candidate.id === picked) ?? latest;
  const own = runs.findLast(each => isMine(each) && each.status === 'running');
  return (
    <section className="arena-output" aria-label="Output">
      <div className="arena-output-head">
        <h3>Output</h3>
        {runs.length > 1 && (
          <select
            className="arena-select"
            aria-label="Which run"
            value={run === latest ? '' : run?.id}
            onChange={event => pick(event.target.value || null)}
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
      {run && own && run !== own ? (
        <OtherRun
          text={
            own.asks === null ? 'Your program is running.' : 'Your program waits for an answer.'
          }
          onShow={() => {
            setPicked(own === latest ? null : own.id);
            setHeld(own !== latest);
          }}
        />
      ) : (
        held &&
        run &&
        latest &&
        run !== latest && (
          <OtherRun
            text={`${authorOf(latest, participants)} ran ${latest.code === run.code ? 'it' : 'the code'} too.`}
            onShow={() => pick(null)}
          />
        )
      )}
      {run ? (
        <RunView
          key={run.id}
          run={run}
          author={authorOf(run, participants)}
          byline={ranBy(run, participants, me)}
          isMine={isMine(run)}
          room={room}
          answer={draft?.runId === run.id ? draft.text : ''}
          onType={text => setDraft({ runId: run.id, text })}
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
  /** What the author has typed of an answer. */
  answer: string;
  onType: (text: string) => void;
}): JSX.Element {
  const { run, author, byline, isMine, room } = props;
  const [gone, setGone] = useState<number | null>(null);
  const changed = useChanged(run, room);
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
          {byline} · {LANGUAGE_NAMES[run.language]} ·{' '}
          <time dateTime={new Date(run.startedAt).toISOString()} title={dayAndTime(run.startedAt)}>
            {timeOfDay(run.startedAt)}
          </time>
        </span>
        <RunCode run={run} />
        {room?.mayRun && !isMine && run.code !== '' && run.status !== 'running' && (
          <RunAgain run={run} onRunAgain={room.onRunAgain} />
        )}
        <p className="arena-changed" aria-live="polite">
          {changed && 'The code has changed since.'}
          {gone !== null && ` Line ${gone} is gone.`}
        </p>
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
          {room && isMine && run.status === 'running' && (
            <RuntimeProgress runner={room.runnerOf(run.language)} />
          )}
          <OutputChunks id={run.id} chunks={run.chunks} />
          {run.error !== null && run.error !== '' && (
            <ErrorText
              text={run.error}
              location={run.location}
              main={mainOf(run)}
              others={others}
              hasFile={name => room !== undefined && room.rootOf(name, run) !== null}
              onGoTo={(place, name) => setGone(room ? goTo(room, run, place, name) : null)}
            />
          )}
          {run.asks !== null && run.status === 'running' && (
            <InputPrompt
              prompt={run.asks}
              of={author}
              text={props.answer}
              onType={props.onType}
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

/** What a run of one's own waits for. */
function RuntimeProgress({ runner }: { runner: Runner }): JSX.Element | null {
  const state = useRunner(runner);
  return state.phase === 'loading' ? <p className="arena-note">{loadingText(state)}</p> : null;
}

/**
 * Go to where a place of the program is in the present text. Returns the line's number if the line is gone,
 * else null.
 */
function goTo(room: OutputRoom, run: Run, place: Place, name: string): number | null {
  const root = room.rootOf(name, run);
  const before = name === mainOf(run) ? run.code : run.files?.[name];
  if (root === null) {
    return place.line;
  }
  const now = room.pad.getText(root).toJSON();
  const line = before === undefined ? place.line : movedLine(before, now, place.line);
  if (line === null) {
    return place.line;
  }
  room.onGoTo({ ...place, line }, root);
  return null;
}

function mainOf(run: Run): string {
  return run.main ?? firstName(run.language);
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
