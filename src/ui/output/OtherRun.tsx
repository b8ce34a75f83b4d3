/** Says that there is another run than the one that is shown, and leads to it. */
import type { JSX } from 'react';

export function OtherRun(props: { text: string; onShow: () => void }): JSX.Element {
  return (
    <p className="arena-other-run" aria-live="polite">
      {props.text}{' '}
      <button type="button" className="arena-button" onClick={props.onShow}>
        Show
      </button>
    </p>
  );
}
