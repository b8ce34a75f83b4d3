/** The Markdown of a question, whose component is loaded when needed. Plain text until then. */
import { useEffect, useState } from 'react';
import type { ComponentType, JSX } from 'react';

import { render } from '../../markup/page-renderer';
import { PlainText } from '../common/PlainText';
import type { MarkdownProps } from './Markdown';

export function LazyMarkdown({ text }: { text: string }): JSX.Element {
  const [known, setKnown] = useState<{ Markdown: ComponentType<MarkdownProps> } | null>(null);
  useEffect(() => {
    let wanted = true;
    // Many sessions have no question.
    import('./Markdown').then(
      ({ Markdown }) => wanted && setKnown({ Markdown }),
      (error: unknown) => console.warn('The question is shown as plain text:', error)
    );
    return () => {
      wanted = false;
    };
  }, []);
  const plain = <PlainText text={text} />;
  return known ? <known.Markdown text={text} render={render} plain={plain} /> : plain;
}
