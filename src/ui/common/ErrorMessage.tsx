/** What went wrong, said at once to whoever listens; nothing where nothing did. */
import type { JSX } from 'react';

export function ErrorMessage({ text }: { text: string | null }): JSX.Element | null {
  if (text === null) {
    return null;
  }
  return (
    <p role="alert" className="arena-error-message">
      {text}
    </p>
  );
}
