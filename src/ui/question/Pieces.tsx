/**
 * The pieces of a question as React elements. Links send no referrer. The markup worker has made the
 * pieces from untrusted text: their number is bounded, and no address in them runs a script.
 */
import { Fragment, useState } from 'react';
import type { JSX, ReactNode } from 'react';

import type { Piece } from '../../markup/messages';
import { copyText } from '../common/clipboard';

export function Pieces({ pieces }: { pieces: readonly Piece[] }): JSX.Element {
  return <div className="arena-markdown">{elements(pieces)}</div>;
}

function elements(pieces: readonly Piece[]): ReactNode {
  return pieces.map((piece, index) =>
    typeof piece === 'string' ? piece : <Fragment key={index}>{element(piece)}</Fragment>
  );
}

function element(piece: Exclude<Piece, string>): JSX.Element {
  switch (piece.tag) {
    case 'pre':
      return <Code text={piece.text} />;
    case 'a':
      return (
        <a href={piece.href} target="_blank" rel="noopener noreferrer">
          {elements(piece.inner)}
        </a>
      );
    case 'img':
      return <img src={piece.src} alt={piece.alt} />;
    case 'input':
      return <input type="checkbox" disabled checked={piece.checked} />;
    case 'ol':
      return <ol start={piece.start}>{elements(piece.inner)}</ol>;
    case 'hr':
    case 'br':
      return <piece.tag />;
    default:
      return <piece.tag>{elements(piece.inner)}</piece.tag>;
  }
}

function Code({ text }: { text: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  return (
    <div className="arena-markdown-code">
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <button
        type="button"
        className="arena-button"
        aria-label={copied ? 'Code copied' : 'Copy code'}
        onBlur={() => setCopied(false)}
        onClick={() => void copyText(text).then(setCopied)}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}
