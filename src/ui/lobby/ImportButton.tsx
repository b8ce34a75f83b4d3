/** The button that imports a recording as a new session. */
import { useRef, useState } from 'react';
import type { JSX } from 'react';

import type { Api } from '../../connection/rest';
import type { Session } from '../../protocol/wire';
import { messageOf } from '../common/format';

/**
 * Asks for a file: a recording, or a notebook that contains one. `onError` gets the message of a
 * failed import, or null when one starts.
 */
export function ImportButton(props: {
  api: Api;
  onImported: (session: Session) => void;
  onError: (message: string | null) => void;
}): JSX.Element {
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);

  const onPick = async (file: File | undefined): Promise<void> => {
    if (!file) {
      return;
    }
    setBusy(true);
    props.onError(null);
    try {
      props.onImported(await props.api.importSession(file));
    } catch (error) {
      props.onError(`${file.name}: ${messageOf(error)}`);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <button
        type="button"
        className="arena-button"
        disabled={busy}
        onClick={() => picker.current?.click()}
      >
        {busy ? 'Importing…' : 'Import…'}
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".jsonl,.ndjson,.ipynb"
        aria-label="A recording, or a notebook that holds one"
        onChange={event => {
          void onPick(event.target.files?.[0]);
          // An input that keeps its value does not report the same file again.
          event.target.value = '';
        }}
      />
    </>
  );
}
