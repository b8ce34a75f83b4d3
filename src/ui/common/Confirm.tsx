/** A dialog that asks before an action that cannot be undone. */
import type { JSX } from 'react';

import { Dialog, closeDialog } from './Dialog';

/** `action` is the verb on the button that confirms. */
export function Confirm(props: {
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <div className="arena-dialog-end">
        <button type="button" className="arena-button" onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="button"
          className="arena-button arena-danger"
          onClick={event => {
            props.onConfirm();
            closeDialog(event);
          }}
        >
          {props.action}
        </button>
      </div>
    </Dialog>
  );
}
