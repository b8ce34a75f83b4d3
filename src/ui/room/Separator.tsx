/** The line between two panes: it is dragged, moved with the arrow keys, and reset by a double click. */
import { useRef } from 'react';
import type { JSX, KeyboardEvent, PointerEvent } from 'react';

/** The part of the workspace by which a key moves the line. */
const STEP = 0.02;

interface SeparatorProps {
  /** For screen readers, such as `Width of the output`. */
  label: string;
  /** Whether the line is upright, between panes side by side. */
  isUpright: boolean;
  /** The pane that it sizes is after the line; else it is before it. */
  isBefore: boolean;
  /** The size of that pane, as a part of the workspace. */
  size: number;
  range: readonly [least: number, most: number];
  onSize: (size: number) => void;
  onReset: () => void;
}

/** https://www.w3.org/WAI/ARIA/apg/patterns/windowsplitter/ */
export function Separator(props: SeparatorProps): JSX.Element {
  const { isUpright, isBefore, size, onSize } = props;
  const [least, most] = props.range;
  const isDragged = useRef(false);
  const change = (wanted: number): void => onSize(Math.min(most, Math.max(least, wanted)));

  const onMove = (event: PointerEvent<HTMLDivElement>): void => {
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!isDragged.current || !frame) {
      return;
    }
    const part = isUpright
      ? (event.clientX - frame.left) / frame.width
      : (event.clientY - frame.top) / frame.height;
    change(isBefore ? 1 - part : part);
  };

  const onKey = (event: KeyboardEvent): void => {
    const towards = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (towards !== undefined) {
      change(size + towards * STEP * (isBefore ? -1 : 1));
    } else if (event.key === 'Home' || event.key === 'End') {
      change((event.key === 'Home') === isBefore ? most : least);
    } else {
      return;
    }
    event.preventDefault();
  };

  const percent = (part: number): number => Math.round(part * 100);
  return (
    <div
      role="separator"
      tabIndex={0}
      className="arena-separator"
      aria-label={props.label}
      aria-orientation={isUpright ? 'vertical' : 'horizontal'}
      aria-valuenow={percent(size)}
      aria-valuemin={percent(least)}
      aria-valuemax={percent(most)}
      onPointerDown={event => {
        isDragged.current = event.button === 0;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={() => (isDragged.current = false)}
      onPointerCancel={() => (isDragged.current = false)}
      onDoubleClick={props.onReset}
      onKeyDown={onKey}
    />
  );
}
