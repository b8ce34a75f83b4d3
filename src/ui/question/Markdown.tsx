/**
 * The Markdown of a question, formatted in the markup worker. Plain text until then, and with a note
 * where it stays as it is.
 */
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import type { Piece } from '../../markup/messages';
import type { render } from '../../markup/page-renderer';
import { Pieces } from './Pieces';

/** The least milliseconds between two texts that are formatted. */
const INTERVAL_MS = 300;

/** `render` and `plain` are arguments because the page has loaded them already. */
export interface MarkdownProps {
  text: string;
  render: typeof render;
  /** The text as it is. */
  plain: JSX.Element;
}

/** What became of a text: its pieces, or why people see it as it is. */
interface Formatted {
  text: string;
  result: Piece[] | string;
}

export function Markdown({ text, render, plain }: MarkdownProps): JSX.Element {
  const [formatted, setFormatted] = useState<Formatted | null>(null);
  const last = useRef(-INTERVAL_MS);
  useEffect(() => {
    let wanted = true;
    const show = (result: Piece[] | string): void => {
      if (wanted) setFormatted({ text, result });
    };
    const format = (): void => {
      last.current = performance.now();
      render('question', text).then(show, (error: unknown) => show((error as Error).message));
    };
    const timer = setTimeout(format, Math.max(0, last.current + INTERVAL_MS - performance.now()));
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text, render]);
  const result = formatted?.text === text ? formatted.result : '';
  return typeof result === 'string' ? (
    <>
      {plain}
      {result !== '' && <p className="arena-note">{result}</p>}
    </>
  ) : (
    <Pieces pieces={result} />
  );
}
