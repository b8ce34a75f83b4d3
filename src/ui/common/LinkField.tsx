/** A link to hand on: shown in a field, copied by a button where the browser lets us. */
import { useRef, useState } from 'react';
import type { JSX } from 'react';

/** `copied` tells what a copy just before came to; `focused` puts the keyboard here at once. */
export function LinkField(props: {
  label: string;
  link: string;
  copied?: boolean;
  focused?: boolean;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(props.copied ?? false);
  const onCopy = async (): Promise<void> => {
    setCopied(await copyText(props.link));
    field.current?.select();
  };
  return (
    <div className="arena-link">
      <input
        ref={field}
        readOnly
        autoFocus={props.focused}
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

/** Put text on the clipboard; false where the browser refuses, as it does on plain http. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or no clipboard in an insecure context: the field is selected instead.
    return false;
  }
}
