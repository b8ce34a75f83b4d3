/** The keyboard shortcuts of the player: one table for the handler and for the help dialog. */
import type { KeyboardEvent, JSX } from 'react';

import type { Film } from '../../playback/film';
import type { Moment } from '../../playback/moments';
import { Dialog, closeDialog } from '../common/Dialog';
import type { Player } from './use-player';
import { SPEEDS } from './use-player';

/** The kinds of events to jump between, by their name on the screen. */
export const JUMPS: readonly { name: string; kinds: readonly Moment['kind'][] }[] = [
  { name: 'Runs', kinds: ['ran'] },
  { name: 'Pastes', kinds: ['pasted', 'caught-up'] },
  { name: 'Absences', kinds: ['away', 'empty'] },
  { name: 'Joins', kinds: ['joined'] },
  { name: 'Languages', kinds: ['language'] }
];

/** The letters that jump forward, and with Shift back. Runs have brackets instead. */
const LETTERS = [
  { letter: 'p', name: 'Pastes', one: 'paste' },
  { letter: 'g', name: 'Absences', one: 'absence: who is gone' },
  { letter: 'j', name: 'Joins', one: 'join' },
  { letter: 'l', name: 'Languages', one: 'language change' }
] as const;

/** The player and the film, on which shortcuts and controls act. */
export interface PlayerActions {
  film: Film;
  player: Player;
  toggleAuthors: () => void;
  showKeys: () => void;
}

interface Shortcut {
  keys: readonly string[];
  shown: string;
  what: string;
  /** `key` is the one of `keys` that was pressed. */
  act: (controls: PlayerActions, key: string) => void;
}

/** Milliseconds of film time that Shift with an arrow key moves. */
const SKIP = 5000;

const SHORTCUTS: readonly Shortcut[] = [
  { keys: [' '], shown: 'Space', what: 'Play or pause', act: ({ player }) => player.toggle() },
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    shown: '← →',
    what: 'One keystroke back or forward',
    act: (controls, key) => stepEdit(controls, key === 'ArrowRight' ? 1 : -1)
  },
  {
    keys: ['ArrowDown', 'ArrowUp'],
    shown: '↓ ↑',
    what: 'The same, on the slider',
    act: (controls, key) => stepEdit(controls, key === 'ArrowUp' ? 1 : -1)
  },
  {
    keys: ['PageDown', 'PageUp'],
    shown: 'Page ↓ Page ↑',
    what: 'A tenth of the film back or forward, on the slider',
    act: ({ player }, key) =>
      player.seekTime(player.time + (player.timeline.length / 10) * (key === 'PageUp' ? 1 : -1))
  },
  {
    keys: ['Shift+ArrowLeft', 'Shift+ArrowRight'],
    shown: 'Shift ← →',
    what: '5 seconds back or forward',
    act: ({ player }, key) => player.seekTime(player.time + (key.endsWith('Right') ? SKIP : -SKIP))
  },
  {
    keys: ['Home', 'End'],
    shown: 'Home End',
    what: 'To the beginning or the end',
    act: ({ film, player }, key) => player.seek(key === 'Home' ? 0 : film.end)
  },
  {
    keys: ['[', ']'],
    shown: '[ ]',
    what: 'Previous or next run',
    act: (controls, key) => jump(controls, key === ']' ? 1 : -1, ['ran'])
  },
  ...LETTERS.map(({ letter, name, one }): Shortcut => {
    const kinds = JUMPS.find(each => each.name === name)?.kinds ?? [];
    return {
      keys: [letter, `Shift+${letter}`],
      shown: `${letter.toUpperCase()}, Shift ${letter.toUpperCase()}`,
      what: `Next or previous ${one}`,
      act: (controls, key) => jump(controls, key === letter ? 1 : -1, kinds)
    };
  }),
  {
    keys: ['-', '+', '='],
    shown: '− +',
    what: 'Slower or faster',
    act: ({ player }, key) => {
      const index = SPEEDS.findIndex(speed => speed === player.speed);
      player.setSpeed(SPEEDS[index + (key === '-' ? -1 : 1)] ?? player.speed);
    }
  },
  { keys: ['a'], shown: 'A', what: 'Colour by author', act: each => each.toggleAuthors() },
  {
    keys: ['i'],
    shown: 'I',
    what: 'Skip idle time, or not',
    act: ({ player }) => player.setSkipIdle(!player.skipIdle)
  },
  { keys: ['?'], shown: '?', what: 'These keys', act: controls => controls.showKeys() }
];

/** Go one edit forward or back. */
export function stepEdit({ film, player }: PlayerActions, step: 1 | -1): void {
  player.seek(film.edit(player.seq, step) ?? (step === 1 ? film.end : 0));
}

/** Go to the next or previous event of `kinds`, if there is one. */
export function jump(
  controls: PlayerActions,
  step: 1 | -1,
  kinds: readonly Moment['kind'][]
): void {
  const { film, player } = controls;
  const moment = film.moment(player.seq, step, kinds);
  if (moment) {
    player.seek(moment.seq);
  }
}

/** Run the shortcut of a key, unless the focused element uses that key. Returns whether one ran. */
export function handleShortcut(
  event: KeyboardEvent<HTMLElement>,
  controls: PlayerActions
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isUsedByTarget(event)) {
    return false;
  }
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.key;
  // Shift is part of the name for letters and named keys; for signs it already chose the sign.
  const named = event.shiftKey && (letter.length > 1 || /^[a-z]$/.test(letter));
  const name = named ? `Shift+${letter}` : letter;
  const found = SHORTCUTS.find(({ keys }) => keys.includes(name));
  if (!found) {
    return false;
  }
  event.preventDefault();
  found.act(controls, name);
  return true;
}

/** Keys that scroll the page, except on a slider. */
const VERTICAL = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp']);

/** Whether the focused element uses the key: fields all keys, buttons Space, the text the arrow keys. */
function isUsedByTarget({ target, key }: KeyboardEvent<HTMLElement>): boolean {
  if (!(target instanceof Element) || target.closest('dialog')) {
    return true;
  }
  if (target.closest('input:not([type=checkbox]), select, textarea')) {
    return true;
  }
  if (VERTICAL.has(key)) {
    return target.closest('[role=slider]') === null;
  }
  if (target.closest('.cm-content')) {
    return key.startsWith('Arrow') || key === 'Home' || key === 'End';
  }
  return key === ' ' && target.closest('button, summary, input') !== null;
}

export function ShortcutsDialog({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="arena-shortcuts">
        {SHORTCUTS.map(({ shown, what }) => (
          <div key={shown}>
            <dt>{shown}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="arena-note">
        In the list of what happened, in words, every line is a place to go to.
      </p>
      <div className="arena-dialog-end">
        <button type="button" className="arena-button" onClick={closeDialog}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
