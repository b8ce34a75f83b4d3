/** Highlighting of texts that are quick to highlight; others are drawn plain. */
import { syntaxTree } from '@codemirror/language';
import type { Extension, Text } from '@codemirror/state';
import { Compartment, EditorState } from '@codemirror/state';
import type { EditorView, ViewUpdate } from '@codemirror/view';
import { ViewPlugin } from '@codemirror/view';

import { isQuickToHighlight } from './hard-text';

/** Milliseconds that finding a node in the syntax tree may take, and how often it may take longer. */
const SLOW_LOOKUP = 4;
const SLOW_LOOKUPS = 3;

/** `support` of a language, while the text is quick to highlight; `doc` is the text now. */
export function boundedHighlighting(support: Extension, doc: Text): Extension {
  const slot = new Compartment();
  let givenUp = false;
  const giveUp = (view: EditorView): void => {
    givenUp = true;
    view.dispatch({ effects: slot.reconfigure([]) });
  };
  return [
    slot.of(isQuickToHighlight(doc) ? support : []),
    // In the same transaction, so that a hard text is never drawn in colours.
    EditorState.transactionExtender.of(transaction => {
      if (!transaction.docChanged || givenUp) {
        return null;
      }
      const isShown = slot.get(transaction.startState) === support;
      const isQuick = isQuickToHighlight(transaction.newDoc);
      return isQuick === isShown ? null : { effects: slot.reconfigure(isQuick ? support : []) };
    }),
    watchTree(giveUp)
  ];
}

/**
 * Calls `giveUp` where the tree of the text is slow to search, as each key would be. A deep or wide
 * tree of errors is.
 */
function watchTree(giveUp: (view: EditorView) => void): Extension {
  return ViewPlugin.define(view => {
    let slow = 0;
    let timer = 0;
    return {
      update: ({ state, startState }: ViewUpdate) => {
        const tree = syntaxTree(state);
        if (tree === syntaxTree(startState) || slow > SLOW_LOOKUPS) {
          return;
        }
        const began = performance.now();
        tree.resolveInner(tree.length, -1);
        if (performance.now() - began > SLOW_LOOKUP) {
          slow += 1;
        }
        if (slow > SLOW_LOOKUPS) {
          timer = window.setTimeout(() => giveUp(view));
        }
      },
      destroy: () => window.clearTimeout(timer)
    };
  });
}
