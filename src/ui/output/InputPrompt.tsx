/** A program's question, where its output stands: its author answers, everybody else sees who will. */
import { useLayoutEffect, useRef, useState } from 'react';
import type { JSX } from 'react';

/** What is asked, and what to do with the answer: null is the end of all input. */
export interface AnswerFormProps {
  prompt: string;
  onAnswer: (text: string | null) => void;
  /** It has the focus, which was there before; and it goes with the focus in it. */
  onFocus: (from: EventTarget | null) => void;
  onGoneWithFocus: () => void;
}

/** `of` is whom it asks; without `onAnswer` that is somebody else. */
export interface InputPromptProps extends Omit<AnswerFormProps, 'onAnswer'> {
  of: string;
  onAnswer: AnswerFormProps['onAnswer'] | undefined;
}

export function InputPrompt({ of, onAnswer, ...question }: InputPromptProps): JSX.Element {
  return onAnswer === undefined ? (
    <p className="arena-note">Waiting for {of} to answer…</p>
  ) : (
    <AnswerForm {...question} onAnswer={onAnswer} />
  );
}

function AnswerForm({ prompt, onAnswer, onFocus, onGoneWithFocus }: AnswerFormProps): JSX.Element {
  const [text, setText] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const gone = useRef(onGoneWithFocus);

  useLayoutEffect(() => {
    const element = form.current;
    const goes = gone.current;
    return () => {
      if (element?.contains(document.activeElement)) {
        goes();
      }
    };
  }, []);

  return (
    <form
      ref={form}
      className="arena-input-prompt"
      onFocus={event => onFocus(event.relatedTarget)}
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
