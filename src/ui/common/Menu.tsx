/** A menu behind one button, for what is needed rarely. */
import { useEffect, useRef, useState } from 'react';
import type { JSX, ReactNode } from 'react';

/**
 * `name` is for those who hear, not see, the `label`. Its children are buttons, and boxes to tick
 * that keep their clicks. It closes on a choice, on Escape and on a click elsewhere.
 */
export function Menu(props: { label: string; name?: string; children: ReactNode }): JSX.Element {
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

  /** The chosen item goes away: the focus must not go with it, and a dialog gives it back here. */
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
        <span aria-hidden="true" className="arena-icon-down" />
      </button>
      {open && (
        <div className="arena-menu-items" onClick={close}>
          {props.children}
        </div>
      )}
    </div>
  );
}
