/**
 * Markdown whose renderer is loaded when needed. Plain text until then, if that fails, and where the
 * text would block the parser.
 */
import { useEffect, useState } from 'react';
import type { ComponentType, JSX } from 'react';

import { isTooComplex } from '../common/markdown-limits';

export function LazyMarkdown({ text }: { text: string }): JSX.Element {
  const [known, setKnown] = useState<{ Markdown: ComponentType<{ text: string }> } | null>(null);
  useEffect(() => {
    let wanted = true;
    // The parser is large, and many sessions have no question.
    import('./Markdown').then(
      ({ Markdown }) => wanted && setKnown({ Markdown }),
      (error: unknown) => console.warn('The question is shown as plain text:', error)
    );
    return () => {
      wanted = false;
    };
  }, []);
  return known && !isTooComplex(text) ? (
    <known.Markdown text={text} />
  ) : (
    <pre className="arena-text">{text}</pre>
  );
}
