/** Whether the program of a run is another one by now. */
import { useEffect, useState } from 'react';

import { wellFormed } from '../../protocol/json';
import type { Run } from '../../protocol/wire';
import { firstName } from '../../session/files';
import type { OutputRoom } from './Output';

/**
 * Whether a file of the run's program has another text now, or is gone. False without a room, and for a
 * result without a program.
 */
export function useChanged(
  run: Run,
  room: Pick<OutputRoom, 'pad' | 'rootOf'> | undefined
): boolean {
  const { code, files, language, main } = run;
  const [changed, setChanged] = useState(false);
  const pad = room?.pad;
  const names = [main ?? firstName(language), ...Object.keys(files ?? {})];
  // As text: the roots are the same at most renderings.
  const roots = JSON.stringify(names.map(name => room?.rootOf(name, run) ?? null));

  useEffect(() => {
    if (pad === undefined || code === '') {
      setChanged(false);
      return;
    }
    const before = [code, ...Object.values(files ?? {})];
    const now = (JSON.parse(roots) as (string | null)[]).map(root =>
      root === null ? null : pad.getText(root)
    );
    const compare = (): void => {
      const differs = now.some((text, index) => {
        const old = before[index] ?? '';
        // Most edits change the length, and a long text costs much to read.
        return text === null || text.length !== old.length || wellFormed(text.toJSON()) !== old;
      });
      setChanged(differs);
    };
    compare();
    for (const text of now) text?.observe(compare);
    return () => {
      for (const text of now) text?.unobserve(compare);
    };
  }, [pad, roots, code, files]);

  return changed;
}
