/**
 * HTML of a run in a sandboxed frame without any rights. The page cannot measure the frame's content,
 * so its height is estimated. The reader can change it: by dragging the lower edge, or with keys.
 */
import { useRef, useState } from 'react';
import type { JSX, KeyboardEvent, PointerEvent } from 'react';

/** Pixels: the limits of the height, and the step of a key. */
const LEAST = 40;
const MOST = 4000;
const STEP = 24;
const PAGE = 10 * STEP;
const KEYS: Readonly<Record<string, number>> = {
  ArrowDown: STEP,
  ArrowUp: -STEP,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: -MOST,
  End: MOST
};

interface HtmlFrameProps {
  source: string;
  /** Pixels. */
  estimate: number;
  /** Whether there is a frame now; otherwise its place is empty. */
  drawn: boolean;
  onLoad: () => void;
}

export function HtmlFrame({ source, estimate, drawn, onLoad }: HtmlFrameProps): JSX.Element {
  const [chosen, setChosen] = useState<number | null>(null);
  const height = chosen ?? estimate;
  /** While the edge is dragged: the vertical pointer position that means a height of 0. */
  const origin = useRef<number | null>(null);
  const choose = (pixels: number): void => setChosen(Math.min(MOST, Math.max(LEAST, pixels)));

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = KEYS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      choose(height + step);
    }
  };
  const onPointerDown = (event: PointerEvent): void => {
    // Receive all pointer events until the button is released.
    event.currentTarget.setPointerCapture(event.pointerId);
    origin.current = event.clientY - height;
  };

  const onPointerMove = (event: PointerEvent): void => {
    if (origin.current !== null) {
      const pixels = event.clientY - origin.current;
      // After the event: Chromium loses the next one if a frame below it changes its size meanwhile.
      setTimeout(() => choose(pixels));
    }
  };

  return (
    <div className="arena-html-frame">
      <div className="arena-html-frame-place" style={{ height }}>
        {drawn && (
          <iframe
            title="Output"
            sandbox=""
            referrerPolicy="no-referrer"
            srcDoc={source}
            onLoad={onLoad}
          />
        )}
      </div>
      <div
        className="arena-html-frame-edge"
        role="separator"
        aria-orientation="horizontal"
        aria-label="Height of this output"
        aria-valuenow={height}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        title="Drag, or press the arrow keys, to make it higher or lower"
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onLostPointerCapture={() => {
          origin.current = null;
        }}
      />
    </div>
  );
}
