/** The dialog in which people change their own name. */
import { useState } from 'react';
import type { JSX } from 'react';

import { LIMITS } from '../../protocol/wire';
import { Dialog, closeDialog } from '../common/Dialog';
import { takeFocus } from '../common/take-focus';

export function NameForm(props: {
  name: string;
  onSave: (name: string) => void;
  onClose: () => void;
}): JSX.Element {
  const [name, setName] = useState(props.name);
  return (
    <Dialog title="Change your name" onClose={props.onClose}>
      <form
        className="arena-form"
        onSubmit={event => {
          event.preventDefault();
          props.onSave(name);
          event.currentTarget.closest('dialog')?.close();
        }}
      >
        <label>
          Your name
          <input
            className="arena-input"
            value={name}
            required
            ref={takeFocus}
            autoComplete="name"
            maxLength={LIMITS.name}
            onChange={event => setName(event.target.value)}
          />
        </label>
        <p className="arena-note">Everybody here sees it, and that you changed it.</p>
        <div className="arena-dialog-end">
          <button type="button" className="arena-button" onClick={closeDialog}>
            Cancel
          </button>
          <button className="arena-button arena-primary">Save</button>
        </div>
      </form>
    </Dialog>
  );
}
