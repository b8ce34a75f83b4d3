/** A modal dialog: the browser's own, so focus, Escape and what lies behind are its business. */
import { useEffect, useId, useRef } from 'react';
import type { JSX, MouseEvent, ReactNode } from 'react';

/** Shown as long as it is mounted; `onClose` comes after Escape or `closeDialog`. */
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

/**
 * Close the dialog around the button that was pressed. Closing, not unmounting, is what gives the
 * focus back to where it was.
 */
export function closeDialog(event: MouseEvent<HTMLElement>): void {
  event.currentTarget.closest('dialog')?.close();
}
