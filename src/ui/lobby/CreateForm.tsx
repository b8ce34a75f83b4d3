/** The form that creates a session. */
import { useState } from 'react';
import type { FormEvent, JSX } from 'react';

import { LANGUAGES, LIMITS } from '../../protocol/wire';
import type { Language } from '../../protocol/wire';
import { LanguageSelect } from '../common/LanguageSelect';
import { ErrorMessage } from '../common/ErrorMessage';
import { messageOf } from '../common/format';

/** The fields of a new session. */
export interface NewSession {
  title: string;
  language: Language;
}

/** `onCreate` creates the session; the form shows the error of a rejection. */
export function CreateForm(props: {
  language?: Language;
  onCreate: (session: NewSession) => Promise<void>;
}): JSX.Element {
  const [title, setTitle] = useState('');
  const [language, setLanguage] = useState<Language>(props.language ?? LANGUAGES[0]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await props.onCreate({ title: title.trim(), language });
      setTitle('');
    } catch (reason) {
      setError(messageOf(reason));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="arena-form" onSubmit={event => void onSubmit(event)}>
      <label>
        <span>
          Title <small>(optional)</small>
        </span>
        <input
          value={title}
          maxLength={LIMITS.title}
          placeholder="Backend interview"
          onChange={event => setTitle(event.target.value)}
        />
      </label>
      <label>
        Language
        <LanguageSelect value={language} onChange={setLanguage} />
      </label>
      <button className="arena-button arena-primary" disabled={busy}>
        New interview
      </button>
      <ErrorMessage text={error} />
    </form>
  );
}
