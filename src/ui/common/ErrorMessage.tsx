/** An error message, which screen readers read at once; nothing for null. */
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
