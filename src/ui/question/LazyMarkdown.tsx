/** Markdown whose renderer is loaded when needed; plain text until then, and if that fails. */
import { useEffect, useState } from 'react';
import type { ComponentType, JSX } from 'react';

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
  return known ? <known.Markdown text={text} /> : <pre className="arena-text">{text}</pre>;
}
