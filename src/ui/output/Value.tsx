/** A value in the output of a run: markup, a picture, a table, or text. */
import { memo } from 'react';
import type { JSX } from 'react';

import { PlainText } from '../common/PlainText';
import { Markup } from './Markup';
import { Picture } from './Picture';
import { ResultTable, TABLE_MIME } from './ResultTable';

export interface ValueProps {
  id: string;
  mime: string;
  data: string;
}

export const Value = memo(function Value({ id, mime, data }: ValueProps): JSX.Element {
  switch (mime) {
    case TABLE_MIME:
      return <ResultTable id={id} data={data} />;
    case 'image/png':
    case 'image/jpeg':
      return <Picture id={id} mime={mime} data={data} />;
    case 'image/svg+xml':
    case 'text/html':
      return <Markup id={id} kind="html" text={data} />;
    case 'text/markdown':
      return <Markup id={id} kind="markdown" text={data} />;
    case 'text/latex':
      return <Markup id={id} kind="formula" text={data} />;
    default:
      return <PlainText text={data} className="arena-value" />;
  }
});
