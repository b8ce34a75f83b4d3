/**
 * The output of a run. It is untrusted: text is shown as text, and markup only inside a sandboxed
 * frame, never in this page.
 */
import { memo, useEffect, useState } from 'react';
import type { JSX } from 'react';

import type { Chunk } from '../../protocol/wire';
import { blocksOf } from './output-blocks';
import { formula, markdown } from './render-markup';
import { HtmlFrame } from './HtmlFrame';
import { ResultTable, TABLE_MIME } from './ResultTable';

/** The most chunks on the page: code that alternates between streams makes one per character. */
const SHOWN = 400;

/** Shows the last chunks in order, and the number of the earlier ones. */
export function OutputChunks(props: { chunks: readonly Chunk[] }): JSX.Element {
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
    case TABLE_MIME:
      return <ResultTable data={data} />;
    case 'image/png':
    case 'image/jpeg':
      return <Picture mime={mime} data={data} />;
    case 'image/svg+xml':
      // An SVG image in an `img` element runs no script and loads nothing.
      return (
        <img
          className="arena-image"
          alt="Output"
          src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(data)}`}
        />
      );
    case 'text/html':
      return <HtmlFrame html={data} />;
    case 'text/markdown':
      return <RenderedMarkup text={data} format={markdown} />;
    case 'text/latex':
      return <RenderedMarkup text={data} format={formula} />;
    default:
      return <pre className="arena-text arena-value">{data}</pre>;
  }
});

/** Text that `format` turns into markup; plain text until then, and if that fails. */
function RenderedMarkup(props: {
  text: string;
  format: (text: string) => Promise<string>;
}): JSX.Element {
  const { text, format } = props;
  const [html, setHtml] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    format(text).then(
      formatted => wanted && setHtml(formatted),
      (error: unknown) => console.warn('The output is shown as plain text:', error)
    );
    return () => {
      wanted = false;
    };
  }, [text, format]);
  return html === null ? (
    <pre className="arena-text arena-value">{text}</pre>
  ) : (
    <HtmlFrame html={html} />
  );
}

function Picture({ mime, data }: { mime: string; data: string }): JSX.Element {
  const base64 = data.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? (
    <img className="arena-image" alt="Output" src={`data:${mime};base64,${base64}`} />
  ) : (
    <pre className="arena-text arena-value">{data}</pre>
  );
}
