/** Text of any length and script, in blocks. Its end is shown on request. */
import { useId, useMemo, useState } from 'react';
import type { JSX } from 'react';

import { blocksOf, countWithin } from './text-blocks';
import { Text } from './TextBlocks';

/** The cost of the text that is shown at first, and more at each request. */
const BUDGET = 128 * 1024;

export function PlainText(props: { text: string; className?: string }): JSX.Element {
  const { text, className = '' } = props;
  const [budget, setBudget] = useState(BUDGET);
  const id = useId();
  const blocks = useMemo(() => blocksOf([{ stream: 'stdout', data: text }]), [text]);
  const shown = countWithin(blocks, budget);
  return (
    <>
      {blocks
        .slice(0, shown)
        .map(
          (block, index) =>
            block.kind === 'text' && (
              <Text key={index} block={block} id={`${id}/${index}`} className={className} />
            )
        )}
      {shown < blocks.length && (
        <button
          type="button"
          className="arena-button arena-more"
          onClick={() => setBudget(budget + BUDGET)}
        >
          Show more of this text
        </button>
      )}
    </>
  );
}
