/** A value that is not drawn by itself, with a button that draws it. */
import type { JSX } from 'react';

export function ShowAnyway(props: { hung: boolean; onShow: () => void }): JSX.Element {
  return (
    <p className="arena-on-request">
      {props.hung ? 'This output made the page hang before.' : 'This output is large.'}{' '}
      <button type="button" className="arena-button" onClick={props.onShow}>
        {props.hung ? 'Show it anyway' : 'Show it'}
      </button>
    </p>
  );
}
