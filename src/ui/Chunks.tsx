/**
 * What a run put out, piece by piece.
 *
 * All of it was chosen by whoever's code ran: text is shown as text, and markup only inside a frame
 * with no rights at all, never in this page.
 */
import { memo } from 'react';
import type { JSX } from 'react';

import type { Chunk } from '../core/protocol';
import { blocksOf } from './blocks';

/** Chunks on the page at once: code that alternates between streams makes one per character. */
const SHOWN = 400;

/** Before the markup, so that it rules it: no script, no request, no frame, only what is in the text. */
const FRAME_POLICY =
  '<meta http-equiv="Content-Security-Policy" ' +
  `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`;

/** The chunks in their order; earlier ones beyond a bound are counted, not shown. */
export function Chunks(props: { chunks: readonly Chunk[] }): JSX.Element {
  const hidden = Math.max(0, props.chunks.length - SHOWN);
  return (
    <>
      {hidden > 0 && <p className="arena-note">… {hidden} earlier pieces of output not shown</p>}
      {blocksOf(props.chunks.slice(hidden)).map((block, index) =>
        block.kind === 'text' ? (
          <pre key={index} className="arena-text">
            {block.spans.map((span, at) => (
              <span key={at} className={`arena-${span.stream}`}>
                {span.text}
              </span>
            ))}
          </pre>
        ) : (
          <Value key={index} mime={block.mime} data={block.data} />
        )
      )}
    </>
  );
}

const Value = memo(function Value({ mime, data }: { mime: string; data: string }): JSX.Element {
  switch (mime) {
    case 'image/png':
      return <Picture data={data} />;
    case 'text/html':
    case 'image/svg+xml':
      return (
        <iframe
          className="arena-frame"
          title="Output"
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={FRAME_POLICY + data}
        />
      );
    default:
      return <pre className="arena-text arena-value">{data}</pre>;
  }
});

function Picture({ data }: { data: string }): JSX.Element {
  const base64 = data.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? (
    <img className="arena-image" alt="Output" src={`data:image/png;base64,${base64}`} />
  ) : (
    <pre className="arena-text arena-value">{data}</pre>
  );
}
