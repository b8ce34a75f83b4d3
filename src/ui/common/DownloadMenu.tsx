/** An interview to take away in one file, and to bring back from one. */
import { useRef, useState } from 'react';
import type { JSX } from 'react';

import { EXPORT_FORMATS } from '../../connection/rest';
import type { Api, ExportFormat, ExportReaders } from '../../connection/rest';
import type { Session } from '../../protocol/wire';
import { messageOf } from './hooks';

const FORMAT_NAMES: Readonly<Record<ExportFormat, string>> = {
  ipynb: 'Download notebook',
  zip: 'Download source files',
  html: 'Download replay page',
  jsonl: 'Download recording'
};

/**
 * The items of a menu: one for each kind of file, and whether it is for everyone to see. What goes
 * wrong is told to `onProblem`.
 */
export function DownloadItems(props: {
  api: Api;
  sessionId: string;
  onProblem: (problem: string | null) => void;
}): JSX.Element {
  const [readers, setReaders] = useState<ExportReaders>('interviewers');
  const onChoose = async (format: ExportFormat): Promise<void> => {
    props.onProblem(null);
    try {
      save(await props.api.exportSession(props.sessionId, format, readers));
    } catch (reason) {
      props.onProblem(messageOf(reason));
    }
  };
  return (
    <>
      <label className="arena-check" onClick={event => event.stopPropagation()}>
        <input
          type="checkbox"
          checked={readers === 'everyone'}
          onChange={event => setReaders(event.target.checked ? 'everyone' : 'interviewers')}
        />
        Leave out interviewers’ notes
      </label>
      {EXPORT_FORMATS.map(format => (
        <button key={format} type="button" onClick={() => void onChoose(format)}>
          {FORMAT_NAMES[format]}
        </button>
      ))}
    </>
  );
}

/** Have the browser put a file where it puts downloads. */
function save({ file, name }: { file: Blob; name: string }): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads the file after this; it needs no more than a moment to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A button that asks for a recording, or a notebook with one, and makes a session of it. */
export function ImportButton(props: {
  api: Api;
  onImported: (session: Session) => void;
  onProblem: (problem: string | null) => void;
}): JSX.Element {
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);

  const onPick = async (file: File | undefined): Promise<void> => {
    if (!file) {
      return;
    }
    setBusy(true);
    props.onProblem(null);
    try {
      props.onImported(await props.api.importSession(file));
    } catch (reason) {
      props.onProblem(`${file.name}: ${messageOf(reason)}`);
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
          // So that the same file can be picked again.
          event.target.value = '';
        }}
      />
    </>
  );
}
