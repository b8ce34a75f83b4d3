/** Blocks of text, each laid out only where it is seen. */
import { memo } from 'react';
import type { JSX } from 'react';

import type { TextBlock } from './text-blocks';
import { useTurn } from './use-turn';

/** Estimates in pixels and units: the height of a line, and the length at which it wraps. */
const LINE = 19;
const WRAP = 80;
/** A block that costs more than this, and more for each unit, is laid out in a turn of its own. */
const CHEAP = 2048;
const CHEAP_UNIT = 4;

interface TextProps {
  block: TextBlock;
  /** The same after a reload. */
  id: string;
  className?: string;
}

export const Text = memo(function Text(props: TextProps): JSX.Element {
  const { cost, length } = props.block;
  return cost > CHEAP + CHEAP_UNIT * length ? <HardText {...props} /> : <Spans {...props} />;
});

/** Text that takes long to lay out, such as Arabic, or many changes of direction. */
function HardText(props: TextProps): JSX.Element {
  const { place, drawn, height } = useTurn(props.id);
  return (
    <div ref={place} style={{ minHeight: drawn ? undefined : (height ?? heightOf(props.block)) }}>
      {drawn && <Spans {...props} />}
    </div>
  );
}

function Spans({ block, className = '' }: TextProps): JSX.Element {
  return (
    <pre
      className={`arena-text ${className}`}
      style={{ containIntrinsicBlockSize: `auto ${heightOf(block)}px` }}
    >
      {block.spans.map(({ stream, text }, at) => (
        <span key={at} className={`arena-${stream}`}>
          {text}
        </span>
      ))}
    </pre>
  );
}

function heightOf({ length, lines }: TextBlock): number {
  return LINE * Math.max(1, lines, Math.ceil(length / WRAP));
}
