/** A value, whose component is loaded when needed: most runs only print text. */
import { useEffect, useState } from 'react';
import type { ComponentType, JSX } from 'react';

import { PlainText } from '../common/PlainText';
import type { ValueProps } from './Value';

/** Loads the component again for the next value, so that a page that was offline recovers. */
export function LazyValue(props: ValueProps): JSX.Element {
  const [known, setKnown] = useState<{ Value: ComponentType<ValueProps> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    import('./Value').then(
      ({ Value }) => wanted && setKnown({ Value }),
      (error: unknown) => {
        console.warn('A value is shown as plain text:', error);
        if (wanted) setFailed(true);
      }
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (known) return <known.Value {...props} />;
  return failed ? (
    <>
      <PlainText text={props.data} className="arena-value" />
      <p className="arena-note">Shown as plain text: a part of this page did not load</p>
    </>
  ) : (
    <p className="arena-note">Loading…</p>
  );
}
