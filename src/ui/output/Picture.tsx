/** A picture in the output of a run. */
import { useMemo, useState } from 'react';
import type { JSX } from 'react';

import { pixelsOf } from '../../markup/picture-size';
import { PlainText } from '../common/PlainText';
import { ShowAnyway } from './ShowAnyway';
import { useTurn } from '../common/use-turn';

/** The most pixels that are drawn at once, and at all: each takes 4 bytes of memory. */
const FREE_PIXELS = 8_000_000;
const MAX_PIXELS = 64_000_000;
/** Pixels: the height of the place before the picture is drawn for the first time. */
const PLACE = 120;

/** `data` is Base64; it is shown as text if it is not. */
export function Picture(props: { id: string; mime: string; data: string }): JSX.Element {
  const { id, mime, data } = props;
  const [allowed, setAllowed] = useState(false);
  const base64 = useMemo(() => data.replace(/\s+/g, ''), [data]);
  const pixels = useMemo(() => pixelsOf(base64), [base64]);
  const isLarge = pixels > FREE_PIXELS && !allowed;
  const { place, drawn, height, hung, allow, loaded } = useTurn(id, {
    loads: true,
    ready: !isLarge
  });
  const isOnRequest = hung || isLarge;

  if (!Number.isFinite(pixels)) return <PlainText text={data} className="arena-value" />;
  if (pixels > MAX_PIXELS) {
    return <p className="arena-note">A picture with too many pixels to show.</p>;
  }
  return (
    <div ref={place} style={{ minHeight: drawn || isOnRequest ? undefined : (height ?? PLACE) }}>
      {isOnRequest ? (
        <ShowAnyway
          hung={hung}
          onShow={() => {
            setAllowed(true);
            allow();
          }}
        />
      ) : (
        drawn && (
          <img
            className="arena-image"
            alt="Output"
            decoding="async"
            src={`data:${mime};base64,${base64}`}
            onLoad={loaded}
            onError={loaded}
          />
        )
      )}
    </div>
  );
}
