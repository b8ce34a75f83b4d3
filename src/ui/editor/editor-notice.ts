/** A line under the text for what the editor has to say, with buttons for what can be done. */
import type { Extension } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { EditorView, Panel } from '@codemirror/view';
import { showPanel } from '@codemirror/view';

export interface EditorNotice {
  readonly text: string;
  /** What can be done about it, beside dismissing it. */
  readonly action: { readonly label: string; readonly run: (view: EditorView) => void } | null;
}

export const showNotice = StateEffect.define<EditorNotice | null>();

const notice = StateField.define<EditorNotice | null>({
  create: () => null,
  update: (shown, { effects }) =>
    effects.reduce((last, effect) => (effect.is(showNotice) ? effect.value : last), shown),
  provide: field =>
    showPanel.from(field, shown => (shown === null ? null : view => panelOf(view, shown)))
});

/** The field that shows the notices. */
export const editorNotices: Extension = notice;

function panelOf(view: EditorView, { text, action }: EditorNotice): Panel {
  const dom = document.createElement('div');
  dom.className = 'arena-editor-notice';
  const words = dom.appendChild(document.createElement('span'));
  words.setAttribute('role', 'status');
  const button = (label: string, run: () => void): void => {
    const element = dom.appendChild(document.createElement('button'));
    element.type = 'button';
    element.className = 'arena-button';
    element.textContent = label;
    element.addEventListener('click', () => {
      run();
      view.dispatch({ effects: showNotice.of(null) });
      view.focus();
    });
  };
  if (action) button(action.label, () => action.run(view));
  button('Dismiss', () => undefined);
  // After it is in the page, so that screen readers read it.
  return { dom, mount: () => (words.textContent = text) };
}
