/** The form that edits the question, with a preview of its Markdown. */
import { useLayoutEffect, useRef, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import { LIMITS } from '../../protocol/wire';
import { Confirm } from '../common/Confirm';
import { takeFocus } from '../common/take-focus';
import { LazyMarkdown } from './LazyMarkdown';
import { DONE_KEYS } from '../common/format';

/** `onClose` gets the new text, or null for no change. */
export function QuestionForm(props: {
  question: string;
  onClose: (question: string | null) => void;
}): JSX.Element {
  const { question, onClose } = props;
  const [text, setText] = useState(question);
  /** The question when editing began; a different `question` is another participant's edit. */
  const [base, setBase] = useState(question);
  const [preview, setPreview] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const changed = text.trimEnd() !== base.trimEnd();
  const conflict = question !== base;
  const excess = text.length - LIMITS.question;

  useLayoutEffect(() => {
    if (!preview) {
      takeFocus(field.current);
    }
  }, [preview]);

  const save = (): void => {
    if (excess <= 0) {
      onClose(text);
    }
  };
  const leave = (): void => {
    if (changed) {
      setLeaving(true);
    } else {
      onClose(null);
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      save();
    } else if (event.key === 'Escape' && !leaving) {
      leave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section className="arena-question" aria-label="Edit the question" onKeyDown={onKey}>
      <div className="arena-question-head">
        <h3>Question</h3>
        {['Write', 'Preview'].map(name => (
          <button
            key={name}
            type="button"
            className="arena-button"
            aria-pressed={preview === (name === 'Preview')}
            onClick={() => setPreview(name === 'Preview')}
          >
            {name}
          </button>
        ))}
      </div>
      {preview ? (
        <div className="arena-question-text" tabIndex={0}>
          {text.trim() === '' ? (
            <p className="arena-empty">Nothing to show.</p>
          ) : (
            <LazyMarkdown text={text} />
          )}
        </div>
      ) : (
        <textarea
          ref={field}
          aria-label="Question, in Markdown"
          placeholder="What the interview is about, in Markdown"
          value={text}
          onChange={event => setText(event.target.value)}
        />
      )}
      {conflict && (
        <p role="alert" className="arena-hint">
          Somebody changed the question meanwhile. Saving replaces that.{' '}
          <button
            type="button"
            className="arena-text-button"
            onClick={() => {
              setText(question);
              setBase(question);
            }}
          >
            Take theirs
          </button>
        </p>
      )}
      {excess > 0 && (
        <p role="alert" className="arena-error-message">
          {excess.toLocaleString()} characters too long
        </p>
      )}
      <div className="arena-question-actions">
        <button
          type="button"
          className="arena-button arena-primary"
          title={DONE_KEYS}
          disabled={excess > 0}
          onClick={save}
        >
          {conflict ? 'Save mine' : 'Save'}
        </button>
        <button type="button" className="arena-button" onClick={leave}>
          Cancel
        </button>
      </div>
      {leaving && (
        <Confirm
          title="Discard what you wrote?"
          text="The question stays as it was."
          action="Discard"
          onConfirm={() => onClose(null)}
          onClose={() => {
            setLeaving(false);
            field.current?.focus();
          }}
        />
      )}
    </section>
  );
}
