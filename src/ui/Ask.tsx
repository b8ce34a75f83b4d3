/** A program's question, where its output stands: its author answers, everybody else sees who will. */
import { useState } from 'react';
import type { JSX } from 'react';

/** `of` is whom it asks; without `onAnswer` that is somebody else. Null is the end of all input. */
export interface AskProps {
  prompt: string;
  of: string;
  onAnswer: ((text: string | null) => void) | undefined;
}

export function Ask({ prompt, of, onAnswer }: AskProps): JSX.Element {
  const [text, setText] = useState('');
  if (onAnswer === undefined) {
    return <p className="arena-note">Waiting for {of} to answer…</p>;
  }
  return (
    <form
      className="arena-ask"
      onSubmit={event => {
        event.preventDefault();
        setText('');
        onAnswer(text);
      }}
    >
      <input
        className="arena-input"
        aria-label={prompt.trim() === '' ? 'Answer' : `Answer to: ${prompt.trim()}`}
        placeholder="The program waits for a line"
        autoComplete="off"
        autoFocus
        spellCheck={false}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <button type="submit" className="arena-button arena-primary">
        Enter
      </button>
      <button
        type="button"
        className="arena-button"
        title="Tell the program that there is nothing more to read"
        onClick={() => onAnswer(null)}
      >
        End of input
      </button>
    </form>
  );
}
