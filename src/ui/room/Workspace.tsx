/**
 * The panes of a room: question, code and output. Side by side where there is room, else the output
 * under the code, and on a small screen one at a time.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { CSSProperties, JSX, ReactNode, RefObject } from 'react';

import { DEFAULT_SIZES, RANGES, rememberSizes, rememberedSizes } from './pane-sizes';
import type { PaneSizes } from './pane-sizes';
import { Separator } from './Separator';

export type Pane = 'question' | 'code' | 'output';
type Arrangement = 'columns' | 'stacked' | 'single';

/** CSS pixels of the workspace from which panes are side by side, and the output is under the code. */
const COLUMNS_WIDTH = 900;
const STACKED_WIDTH = 640;
const STACKED_HEIGHT = 440;

const LABELS: Record<Pane, string> = { question: 'Question', code: 'Code', output: 'Output' };

interface WorkspaceProps {
  question: ReactNode;
  /** Whether the question has a text, and so a pane of its own. */
  hasQuestion: boolean;
  code: ReactNode;
  output: ReactNode;
  /** The pane on a small screen. */
  shown: Pane;
  onShow: (pane: Pane) => void;
  /** Changes when there is something new to see in the output. */
  change: string;
}

export function Workspace(props: WorkspaceProps): JSX.Element {
  const { hasQuestion, shown } = props;
  const place = useRef<HTMLDivElement>(null);
  const arrangement = useArrangement(place);
  const [sizes, setSizes] = useState(rememberedSizes);
  const resize = (change: Partial<PaneSizes>): void => {
    const changed = { ...sizes, ...change };
    setSizes(changed);
    rememberSizes(changed);
  };
  const [seen, setSeen] = useState(props.change);
  if (arrangement !== 'single' || shown === 'output') {
    if (seen !== props.change) {
      setSeen(props.change);
    }
  }
  useFocusWhereShown(place, arrangement === 'single' ? shown : null);

  const separator = (pane: keyof PaneSizes, label: string): JSX.Element => (
    <Separator
      label={label}
      isUpright={pane !== 'below'}
      isBefore={pane !== 'question'}
      size={sizes[pane]}
      range={RANGES[pane]}
      onSize={size => resize({ [pane]: size })}
      onReset={() => resize({ [pane]: DEFAULT_SIZES[pane] })}
    />
  );
  const isUnseen = seen !== props.change;
  const panes: Pane[] = hasQuestion ? ['question', 'code', 'output'] : ['code', 'output'];
  const style: CSSProperties & Record<`--arena-${string}`, number> = {
    '--arena-question': sizes.question,
    '--arena-output': sizes.output,
    '--arena-below': sizes.below
  };
  return (
    <div
      ref={place}
      className="arena-workspace"
      data-arrangement={arrangement}
      data-shown={panes.includes(shown) ? shown : 'code'}
      data-question={hasQuestion}
      style={style}
    >
      {arrangement === 'single' && (
        <div role="group" aria-label="Panes" className="arena-panes">
          {panes.map(pane => (
            <button
              key={pane}
              type="button"
              aria-pressed={pane === shown}
              aria-label={pane === 'output' && isUnseen ? 'Output, new' : undefined}
              onClick={() => props.onShow(pane)}
            >
              {LABELS[pane]}
              {pane === 'output' && isUnseen && <span className="arena-unseen" />}
            </button>
          ))}
        </div>
      )}
      <div className="arena-pane arena-pane-question">{props.question}</div>
      {arrangement === 'columns' && hasQuestion && separator('question', 'Width of the question')}
      <div className="arena-pane arena-pane-code">{props.code}</div>
      {arrangement === 'columns' && separator('output', 'Width of the output')}
      {arrangement === 'stacked' && separator('below', 'Height of the output')}
      <div className="arena-pane arena-pane-output">{props.output}</div>
    </div>
  );
}

/** How the panes are arranged in an element of its size. */
function useArrangement(place: RefObject<HTMLElement>): Arrangement {
  const [arrangement, setArrangement] = useState<Arrangement>('columns');
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) {
      return;
    }
    const update = (): void => {
      const { width, height } = element.getBoundingClientRect();
      if (width >= COLUMNS_WIDTH || width === 0) {
        setArrangement('columns');
      } else {
        setArrangement(width >= STACKED_WIDTH && height >= STACKED_HEIGHT ? 'stacked' : 'single');
      }
    };
    update();
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return arrangement;
}

/** The button of the pane gets the focus that was in a pane which is not shown any more. */
function useFocusWhereShown(place: RefObject<HTMLElement>, shown: Pane | null): void {
  useEffect(() => {
    const { activeElement } = document;
    const isLost = activeElement === null || activeElement === document.body;
    const isHidden =
      activeElement instanceof HTMLElement &&
      place.current?.contains(activeElement) === true &&
      activeElement.offsetParent === null;
    if (shown !== null && shown !== 'code' && (isLost || isHidden)) {
      place.current?.querySelector<HTMLElement>('.arena-panes [aria-pressed="true"]')?.focus();
    }
  }, [place, shown]);
}
