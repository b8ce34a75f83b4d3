/** A modal dialog: the browser's `dialog` element, which handles focus and Escape. */
import { useEffect, useId, useRef } from 'react';
import type { JSX, MouseEvent, ReactNode } from 'react';

/** Shown while it is mounted. `onClose` is called after Escape and after `closeDialog`. */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="arena-dialog" aria-labelledby={heading} onClose={props.onClose}>
      <h2 id={heading}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/** Close the dialog around a button. Closing before unmounting restores the focus. */
export function closeDialog(event: MouseEvent<HTMLElement>): void {
  event.currentTarget.closest('dialog')?.close();
}
