/** The prompt of a program that waits for input: a form for its author, a note for everybody else. */
import { useLayoutEffect, useRef } from 'react';
import type { JSX } from 'react';

import { takeFocus } from '../common/take-focus';

interface AnswerFormProps {
  prompt: string;
  /** The text so far, which outlives the form. */
  text: string;
  onType: (text: string) => void;
  /** Gets a line without its line break; null for the end of input. */
  onAnswer: (text: string | null) => void;
  /** The form got the focus from `from`; the form was removed while it had the focus. */
  onFocus: (from: EventTarget | null) => void;
  onRemovedWithFocus: () => void;
}

/** `of` is the name of the run's author; `onAnswer` is undefined for everybody else. */
interface InputPromptProps extends Omit<AnswerFormProps, 'onAnswer'> {
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

function AnswerForm({
  prompt,
  text,
  onType,
  onAnswer,
  onFocus,
  onRemovedWithFocus
}: AnswerFormProps): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const removed = useRef(onRemovedWithFocus);

  useLayoutEffect(() => {
    const element = form.current;
    const onRemoved = removed.current;
    return () => {
      if (element?.contains(document.activeElement)) {
        onRemoved();
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
        onType('');
        onAnswer(text);
      }}
    >
      <input
        className="arena-input"
        aria-label={prompt.trim() === '' ? 'Answer' : `Answer to: ${prompt.trim()}`}
        placeholder="The program waits for a line"
        autoComplete="off"
        ref={takeFocus}
        spellCheck="false"
        value={text}
        onChange={event => onType(event.target.value)}
      />
      <button type="submit" className="arena-button arena-primary">
        Enter
      </button>
      <button
        type="button"
        className="arena-button"
        title="Tell the program that there is nothing more to read"
        onClick={() => {
          onType('');
          onAnswer(null);
        }}
      >
        End of input
      </button>
    </form>
  );
}
