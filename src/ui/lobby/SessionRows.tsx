/** The common parts of the lists of sessions: the section, its rows and the buttons of a row. */
import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import { LANGUAGE_NAMES } from '../../protocol/wire';
import type { Language } from '../../protocol/wire';
import { Confirm } from '../common/Confirm';
import { ErrorMessage } from '../common/ErrorMessage';
import { dayAndTime, titleOf } from '../common/format';

interface ListedSession {
  id: string;
  title: string;
  language: Language;
  createdAt: string;
}

/**
 * A section with one row for each session. `head` is its heading, `sessions` is null while they are
 * loading, and `row` renders one of them.
 */
export function SessionSection<S extends ListedSession>(props: {
  label: string;
  head: ReactNode;
  sessions: readonly S[] | null;
  error: string | null;
  row: (session: S) => ReactNode;
}): JSX.Element {
  const { sessions } = props;
  return (
    <section className="arena-sessions" aria-label={props.label}>
      {props.head}
      <ErrorMessage text={props.error} />
      {sessions?.length === 0 && <p className="arena-empty">None yet. Create the first one.</p>}
      <ul>{sessions?.map(props.row)}</ul>
    </section>
  );
}

/**
 * One session: its title, language and date, and a button that opens it. `children` are further
 * buttons, `below` is shown under the row.
 */
export function SessionRow(props: {
  session: ListedSession;
  status?: string;
  onOpen: () => void;
  children: ReactNode;
  below?: ReactNode;
}): JSX.Element {
  const { language, createdAt } = props.session;
  const title = titleOf(props.session.title);
  const facts = [LANGUAGE_NAMES[language], dayAndTime(createdAt), props.status];
  return (
    <li>
      <div className="arena-session-facts">
        <button
          type="button"
          className="arena-text-button arena-session-title"
          onClick={props.onOpen}
        >
          {title}
        </button>
        <small>{facts.filter(fact => fact !== undefined).join(' · ')}</small>
      </div>
      <div className="arena-session-actions">
        <RowButton verb="Open" title={title} onClick={props.onOpen} />
        {props.children}
      </div>
      {props.below}
    </li>
  );
}

/** A button of a row. Screen readers read the session's title after the verb. */
export function RowButton(props: {
  verb: string;
  title: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="arena-button"
      aria-label={`${props.verb} ${props.title}`}
      onClick={props.onClick}
    >
      {props.verb}
    </button>
  );
}

/** A button of a row that asks before it acts. `action` is the verb on the button that confirms. */
export function ConfirmButton(props: {
  verb: string;
  title: string;
  question: string;
  text: string;
  action: string;
  onConfirm: () => void;
}): JSX.Element {
  const { verb, title, question, text, action, onConfirm } = props;
  const [asking, setAsking] = useState(false);
  return (
    <>
      <RowButton verb={verb} title={title} onClick={() => setAsking(true)} />
      {asking && (
        <Confirm
          {...{ title: question, text, action, onConfirm }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
