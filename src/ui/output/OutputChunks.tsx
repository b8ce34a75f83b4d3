/**
 * The output of a run. It is untrusted: text is shown as text, and markup only inside a sandboxed
 * frame, never in this page. What it costs to draw is bounded: only what is in view is drawn, piece by
 * piece, and what is large is drawn on request.
 */
import { useMemo, useState } from 'react';
import type { JSX } from 'react';

import type { Chunk } from '../../protocol/wire';
import { blocksOf, countWithin } from '../common/text-blocks';
import { Text } from '../common/TextBlocks';
import { LazyValue } from './LazyValue';
import { drawn } from './terminal';

/** The cost of the output that is on the page at first, and more at each request. */
const BUDGET = 640 * 1024;

/** `id` is the run's: with it, output that hung the page is known again after a reload. */
export function OutputChunks(props: { id: string; chunks: readonly Chunk[] }): JSX.Element {
  const { id, chunks } = props;
  const [budget, setBudget] = useState(BUDGET);
  const blocks = useMemo(() => blocksOf(drawn(chunks)), [chunks]);
  const first = blocks.length - countWithin([...blocks].reverse(), budget);
  return (
    <>
      {first > 0 && (
        <button
          type="button"
          className="arena-button arena-more"
          onClick={() => setBudget(budget + BUDGET)}
        >
          Show earlier output
        </button>
      )}
      {blocks.slice(first).map((block, at) => {
        const index = first + at;
        const key = `${id}/${index}`;
        return block.kind === 'text' ? (
          <Text key={key} id={key} block={block} />
        ) : (
          <LazyValue key={key} id={key} mime={block.mime} data={block.data} />
        );
      })}
    </>
  );
}
