/** Keys that a person types before there is an editor that takes them: they are kept for it. */

/** Elements that take keys themselves. */
const FIELDS = 'input:not([readonly]), textarea:not([readonly]), select, button, a';

let typed = '';
let recording = false;

/** Keep what is typed from now on; nothing is changed if that has begun. */
export function recordKeys(): void {
  if (recording) {
    return;
  }
  recording = true;
  // Before the editor, which drops them.
  document.addEventListener('keydown', record, true);
}

/** The keys so far, as text; no more are kept. */
export function takeKeys(): string {
  document.removeEventListener('keydown', record, true);
  recording = false;
  const taken = typed;
  typed = '';
  return taken;
}

function record(event: KeyboardEvent): void {
  const { key, target } = event;
  // On many keyboards brackets need AltGr, which Windows reports as Ctrl and Alt.
  const isCommand = event.ctrlKey || event.metaKey || event.altKey;
  if (isCommand && !event.getModifierState('AltGraph')) {
    return;
  }
  if (event.isComposing || (target instanceof Element && target.matches(FIELDS))) {
    return;
  }
  if (key === 'Enter') {
    typed += '\n';
  } else if (key === 'Backspace') {
    typed = typed.replace(/.$/su, '');
  } else if (/^.$/u.test(key)) {
    typed += key;
  }
}
