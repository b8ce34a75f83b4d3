/** A button that opens a menu. */
import { useEffect, useRef, useState } from 'react';
import type { JSX, ReactNode } from 'react';

/**
 * `name` is the accessible name, where the `label`, a text or a picture, does not say enough. Its children are buttons, and
 * check boxes that stop their clicks. The menu closes on a click on an item, on Escape, and on a
 * click elsewhere.
 */
export function Menu(props: { label: ReactNode; name?: string; children: ReactNode }): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) {
      return;
    }
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', onPress);
    return () => document.removeEventListener('pointerdown', onPress);
  }, [open]);

  /** Focus the button first: the item that has the focus is about to be removed. */
  const close = (): void => {
    root.current?.querySelector('button')?.focus();
    setOpen(false);
  };

  return (
    <div
      ref={root}
      className="arena-menu"
      onKeyDown={event => {
        if (event.key === 'Escape' && open) {
          close();
        }
      }}
    >
      <button
        type="button"
        className="arena-button"
        aria-expanded={open}
        aria-label={props.name}
        title={props.name}
        onClick={() => setOpen(!open)}
      >
        {props.label}
        {typeof props.label === 'string' && <span aria-hidden="true" className="arena-icon-down" />}
      </button>
      {open && (
        <div className="arena-menu-items" onClick={close}>
          {props.children}
        </div>
      )}
    </div>
  );
}
