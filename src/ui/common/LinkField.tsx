/** A read-only field that shows a link, with a button that copies it. */
import { useLayoutEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

import { copyText } from './clipboard';
import { takeFocus } from './take-focus';

/**
 * `copied` says that the link is on the clipboard already. `focused` puts the focus into the field
 * at once. Where the browser refuses to copy, the button selects the link instead.
 */
export function LinkField(props: {
  label: string;
  link: string;
  copied?: boolean;
  focused?: boolean;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(props.copied ?? false);
  const { focused = false } = props;
  useLayoutEffect(() => {
    if (focused) {
      takeFocus(field.current);
    }
  }, [focused]);
  const onCopy = async (): Promise<void> => {
    setCopied(await copyText(props.link));
    field.current?.select();
  };
  return (
    <div className="arena-link">
      <input
        ref={field}
        readOnly
        aria-label={props.label}
        value={props.link}
        onFocus={event => event.currentTarget.select()}
      />
      <button type="button" className="arena-button" onClick={() => void onCopy()}>
        {copied ? 'Copied' : 'Copy'}
      </button>
      <span role="status" className="arena-hidden">
        {copied ? 'Link copied' : ''}
      </span>
    </div>
  );
}
