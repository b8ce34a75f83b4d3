/** The menu items that download a session in one of the export formats. */
import { useState } from 'react';
import type { JSX } from 'react';

import { EXPORT_FORMATS } from '../../connection/rest';
import type { Api, ExportFormat, ExportReaders } from '../../connection/rest';
import { download } from './download';
import { messageOf } from './format';

const FORMAT_NAMES: Readonly<Record<ExportFormat, string>> = {
  ipynb: 'Download notebook',
  zip: 'Download source files',
  html: 'Download replay page',
  jsonl: 'Download recording'
};

/**
 * Items for a `Menu`: a box that leaves out the interviewers' notes, and a button for each format.
 * `onError` gets the message of a failed download, or null when one starts.
 */
export function DownloadItems(props: {
  api: Api;
  sessionId: string;
  onError: (message: string | null) => void;
}): JSX.Element {
  const [readers, setReaders] = useState<ExportReaders>('interviewers');
  const onChoose = async (format: ExportFormat): Promise<void> => {
    props.onError(null);
    try {
      download(await props.api.exportSession(props.sessionId, format, readers));
    } catch (error) {
      props.onError(messageOf(error));
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
