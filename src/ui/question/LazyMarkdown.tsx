/**
 * The Markdown of a question, formatted in the markup worker. Plain text until then, and with a note
 * where the formatting fails.
 */
import { useEffect, useRef, useState } from 'react';
import type { ComponentType, JSX } from 'react';

import { NOT_LOADED } from '../../markup/messages';
import type { Piece } from '../../markup/messages';
import { render } from '../../markup/page-renderer';
import { messageOf } from '../common/format';

/** The least milliseconds between two texts that are formatted. */
const PACE_MS = 300;

type MarkdownComponent = ComponentType<{ pieces: readonly Piece[] }>;

/** What became of a text: its pieces with their component, or a note that it stays as it is. */
type Formatted =
  { text: string; Markdown: MarkdownComponent; pieces: Piece[] } | { text: string; note: string };

export function LazyMarkdown({ text }: { text: string }): JSX.Element {
  const [known, setKnown] = useState<Formatted | null>(null);
  const last = useRef(-PACE_MS);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(
      () => {
        last.current = performance.now();
        void format(text).then(formatted => wanted && setKnown(formatted));
      },
      Math.max(0, last.current + PACE_MS - performance.now())
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  const formatted = known?.text === text ? known : null;
  return formatted && 'pieces' in formatted ? (
    <formatted.Markdown pieces={formatted.pieces} />
  ) : (
    <>
      <pre className="arena-text">{text}</pre>
      {formatted && <p className="arena-note">{formatted.note}</p>}
    </>
  );
}

async function format(text: string): Promise<Formatted> {
  try {
    const [{ Markdown }, pieces] = await Promise.all([component(), render('question', text)]);
    return { text, Markdown, pieces };
  } catch (error) {
    return { text, note: messageOf(error) };
  }
}

/** The component is loaded when needed: many sessions have no question. */
function component(): Promise<{ Markdown: MarkdownComponent }> {
  return import('./Markdown').catch((cause: unknown) => {
    throw new Error(NOT_LOADED, { cause });
  });
}
