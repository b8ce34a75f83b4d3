/** The keys of the editor: CodeMirror's, and those that run the program. */
import { closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import type { Extension } from '@codemirror/state';
import { Prec } from '@codemirror/state';
import type { KeyBinding } from '@codemirror/view';
import { keymap } from '@codemirror/view';

/** Ctrl+Alt and a letter or sign: Windows sends that for AltGr, with which people type signs. */
const ALT_GR = /^(Mod|Ctrl)-Alt-.$/;

const KEYS: readonly KeyBinding[] = [
  ...closeBracketsKeymap,
  ...defaultKeymap.filter(({ key }) => !ALT_GR.test(key ?? '')),
  indentWithTab
];

/** `run` is called for Mod-Enter, and for Shift-Enter as in Jupyter. */
export function editorKeys(run: () => void): Extension {
  const command = (): boolean => {
    run();
    return true;
  };
  return [
    Prec.highest(
      keymap.of(
        ['Mod-Enter', 'Shift-Enter'].map(key => ({ key, preventDefault: true, run: command }))
      )
    ),
    keymap.of(KEYS)
  ];
}
