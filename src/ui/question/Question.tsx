/** The question over the editor. Everybody reads it; interviewers edit it in place. */
import { useId, useRef, useState } from 'react';
import type { JSX } from 'react';

import { LazyMarkdown } from './LazyMarkdown';
import { QuestionForm } from './QuestionForm';

/** Without `onSave` the question is read-only. */
interface QuestionProps {
  question: string;
  onSave?: ((question: string) => void) | undefined;
}

export function Question({ question, onSave }: QuestionProps): JSX.Element | null {
  const [open, setOpen] = useState(true);
  const [editing, setEditing] = useState(false);
  const [seen, setSeen] = useState(question);
  const [updated, setUpdated] = useState(false);
  const body = useId();
  const edit = useRef<HTMLButtonElement>(null);
  const isEmpty = question.trim() === '';
  if (seen !== question) {
    setSeen(question);
    setUpdated(!isEmpty);
  }
  if (editing && onSave) {
    return (
      <QuestionForm
        question={question}
        onClose={text => {
          setEditing(false);
          if (text !== null) {
            onSave(text);
            // Only the other participants get the note that it was updated.
            setSeen(text.trimEnd());
            setUpdated(false);
          }
          requestAnimationFrame(() => edit.current?.focus());
        }}
      />
    );
  }
  if (isEmpty) {
    return onSave ? (
      <div className="arena-question-missing">
        <button
          ref={edit}
          type="button"
          className="arena-text-button"
          onClick={() => setEditing(true)}
        >
          Add a question
        </button>
      </div>
    ) : null;
  }
  return (
    <section
      className="arena-question"
      aria-label="Question"
      onPointerEnter={() => open && setUpdated(false)}
      onFocus={() => open && setUpdated(false)}
    >
      <div className="arena-question-head">
        <h3>
          <button
            type="button"
            className="arena-question-fold"
            aria-expanded={open}
            aria-controls={body}
            onClick={() => {
              setOpen(!open);
              setUpdated(false);
            }}
          >
            Question
          </button>
        </h3>
        <span role="status" className="arena-note">
          {updated ? 'Updated' : ''}
        </span>
        {onSave && (
          <button
            ref={edit}
            type="button"
            className="arena-text-button"
            onClick={() => setEditing(true)}
          >
            Edit
          </button>
        )}
      </div>
      <div id={body} className="arena-question-text" hidden={!open} tabIndex={0}>
        <LazyMarkdown text={question} />
      </div>
    </section>
  );
}
