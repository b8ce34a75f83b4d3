/** Over the editor of a file that somebody else has deleted: that it is gone, and its text to copy. */
import { useState } from 'react';
import type { JSX } from 'react';

import { copyText } from '../common/clipboard';

/** `text` is read when it is copied. */
export function DeletedFile(props: {
  name: string;
  text: () => string;
  main: string;
  onLeave: () => void;
}): JSX.Element {
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const onCopy = async (): Promise<void> => {
    setCopied((await copyText(props.text())) ? 'yes' : 'no');
  };
  return (
    <div className="arena-banner arena-banner-error">
      <span role="alert">
        {props.name} was deleted. Its text is here to copy.
        {copied === 'no' && ' Select the text and copy it with the keyboard.'}
      </span>
      <button type="button" className="arena-button" onClick={() => void onCopy()}>
        {copied === 'yes' ? 'Copied' : 'Copy its text'}
      </button>
      <button type="button" className="arena-button" onClick={props.onLeave}>
        Show {props.main}
      </button>
    </div>
  );
}
