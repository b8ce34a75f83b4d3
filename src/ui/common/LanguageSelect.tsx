/** A select element with all programming languages and their versions. */
import type { JSX } from 'react';

import { LANGUAGES } from '../../protocol/wire';
import type { Language } from '../../protocol/wire';
import { VERSIONED_NAMES } from '../../protocol/runtime-versions.generated';

export function LanguageSelect(props: {
  value: Language;
  disabled?: boolean;
  label?: string;
  onChange: (language: Language) => void;
}): JSX.Element {
  return (
    <select
      className="arena-select"
      aria-label={props.label}
      value={props.value}
      disabled={props.disabled}
      onChange={event => {
        const chosen = LANGUAGES.find(language => language === event.target.value);
        if (chosen) {
          props.onChange(chosen);
        }
      }}
    >
      {LANGUAGES.map(language => (
        <option key={language} value={language}>
          {VERSIONED_NAMES[language]}
        </option>
      ))}
    </select>
  );
}
