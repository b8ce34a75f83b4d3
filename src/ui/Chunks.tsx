/**
 * What a run put out, piece by piece.
 *
 * All of it was chosen by whoever's code ran: text is shown as text, and markup only inside a frame
 * with no rights at all, never in this page.
 */
import { memo, useState } from 'react';
import type { JSX } from 'react';

import type { Chunk } from '../core/protocol';

/** Pieces on the page at once: code that alternates between streams makes one per character. */
const SHOWN_PIECES = 400;
/** Characters of one piece on the page until the reader asks for the rest; laying out more is slow. */
const SHOWN_CHARACTERS = 100_000;

/** Before the markup, so that it rules it: no script, no request, no frame, only what is in the text. */
const FRAME_POLICY =
  '<meta http-equiv="Content-Security-Policy" ' +
  `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`;

/** The chunks in their order; earlier ones beyond a bound are counted, not shown. */
export function Chunks(props: { chunks: readonly Chunk[] }): JSX.Element {
  const hidden = Math.max(0, props.chunks.length - SHOWN_PIECES);
  return (
    <>
      {hidden > 0 && <p className="arena-note">… {hidden} earlier pieces of output not shown</p>}
      {props.chunks.slice(hidden).map((chunk, index) => (
        <Piece key={hidden + index} chunk={chunk} />
      ))}
    </>
  );
}

const Piece = memo(function Piece({ chunk }: { chunk: Chunk }): JSX.Element {
  if ('stream' in chunk) {
    return <Text className={`arena-text arena-${chunk.stream}`} text={chunk.data} />;
  }
  switch (chunk.mime) {
    case 'image/png':
      return <Picture data={chunk.data} />;
    case 'text/html':
    case 'image/svg+xml':
      return (
        <iframe
          className="arena-frame"
          title="Output"
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={FRAME_POLICY + chunk.data}
        />
      );
    default:
      return <Text className="arena-text arena-value" text={chunk.data} />;
  }
});

function Picture({ data }: { data: string }): JSX.Element {
  const base64 = data.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? (
    <img className="arena-image" alt="Output" src={`data:image/png;base64,${base64}`} />
  ) : (
    <Text className="arena-text arena-value" text={data} />
  );
}

/** Text of which only the end is shown while it is very long. */
function Text({ className, text }: { className: string; text: string }): JSX.Element {
  const [all, setAll] = useState(false);
  const cut = all ? 0 : Math.max(0, text.length - SHOWN_CHARACTERS);
  return (
    <>
      {cut > 0 && (
        <p className="arena-note">
          … {cut.toLocaleString()} earlier characters{' '}
          <button type="button" className="arena-plain" onClick={() => setAll(true)}>
            Show all
          </button>
        </p>
      )}
      <pre className={className}>{cut > 0 ? text.slice(cut) : text}</pre>
    </>
  );
}
