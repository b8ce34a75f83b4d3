/** A value that is markup: the markup worker cleans it, and a sandboxed frame shows it. */
import { useEffect, useMemo, useState } from 'react';
import type { JSX } from 'react';

import { FREE_WEIGHT } from '../../markup/messages';
import type { Markup as Rendered } from '../../markup/messages';
import { render } from '../../markup/page-renderer';
import { pageNonce } from '../common/csp-nonce';
import { HtmlFrame } from './HtmlFrame';
import { frameSource } from './frame-source';
import { PlainText } from '../common/PlainText';
import { ShowAnyway } from './ShowAnyway';
import { useTurn } from '../common/use-turn';

/** Pixels before the height of the markup is known. */
const UNKNOWN_HEIGHT = 60;

interface MarkupProps {
  id: string;
  kind: 'html' | 'markdown' | 'formula';
  text: string;
}

export function Markup({ id, kind, text }: MarkupProps): JSX.Element {
  const [markup, setMarkup] = useState<Rendered | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [allowed, setAllowed] = useState(false);
  const isLarge = markup !== null && markup.weight > FREE_WEIGHT && !allowed;
  const { place, drawn, wanted, height, hung, allow, loaded } = useTurn(id, {
    loads: true,
    ready: markup !== null && !isLarge
  });

  useEffect(() => {
    if (!wanted) return;
    let current = true;
    render(kind, text).then(
      rendered => current && setMarkup(rendered),
      (error: unknown) => current && setProblem(error instanceof Error ? error.message : '')
    );
    return () => {
      current = false;
    };
  }, [wanted, kind, text]);

  if (problem !== null) {
    return (
      <>
        <PlainText text={text} className="arena-value" />
        <p className="arena-note">{problem}</p>
      </>
    );
  }
  const isOnRequest = hung || isLarge;
  const least = height ?? markup?.height ?? UNKNOWN_HEIGHT;
  return (
    <div ref={place} style={{ minHeight: drawn || isOnRequest ? undefined : least }}>
      {markup === null ? (
        wanted && <p className="arena-note">Formatting…</p>
      ) : isOnRequest ? (
        <ShowAnyway
          hung={hung}
          onShow={() => {
            setAllowed(true);
            allow();
          }}
        />
      ) : (
        <Frame markup={markup} drawn={drawn} onLoad={loaded} />
      )}
    </div>
  );
}

function Frame(props: { markup: Rendered; drawn: boolean; onLoad: () => void }): JSX.Element {
  const { markup, drawn, onLoad } = props;
  const source = useMemo(() => frameSource(markup, pageNonce()), [markup]);
  return <HtmlFrame source={source} estimate={markup.height} drawn={drawn} onLoad={onLoad} />;
}
