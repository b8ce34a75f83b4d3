/** The keys of the player: one table that the keyboard obeys and the help shows. */
import type { KeyboardEvent, JSX } from 'react';

import type { Film } from '../../playback/film';
import type { Moment } from '../../playback/moments';
import { Dialog, closeDialog } from '../common/Dialog';
import type { Player } from './use-player';
import { SPEEDS } from './use-player';

/** What one can jump between, by the name that people see. */
export const JUMPS: readonly { name: string; kinds: readonly Moment['kind'][] }[] = [
  { name: 'Runs', kinds: ['ran'] },
  { name: 'Pastes', kinds: ['pasted', 'caught-up'] },
  { name: 'Absences', kinds: ['away', 'empty'] },
  { name: 'Joins', kinds: ['joined'] },
  { name: 'Languages', kinds: ['language'] }
];

/** The letters that jump, with Shift back; a run has brackets. */
const LETTERS = [
  { letter: 'p', name: 'Pastes', one: 'paste' },
  { letter: 'g', name: 'Absences', one: 'absence: who is gone' },
  { letter: 'j', name: 'Joins', one: 'join' },
  { letter: 'l', name: 'Languages', one: 'language change' }
] as const;

/** What a key acts on. */
export interface PlayerActions {
  film: Film;
  player: Player;
  toggleAuthors: () => void;
  showKeys: () => void;
}

interface Key {
  keys: readonly string[];
  shown: string;
  what: string;
  /** `key` is one of `keys`; `shift` tells apart those that come in pairs. */
  act: (controls: PlayerActions, key: string) => void;
}

/** Milliseconds of film that Shift+arrow moves. */
const LEAP = 5000;

const KEYS: readonly Key[] = [
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
    act: ({ player }, key) => player.seekTime(player.time + (key.endsWith('Right') ? LEAP : -LEAP))
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
  ...LETTERS.map(({ letter, name, one }): Key => {
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

/** One keystroke further, or back. */
export function stepEdit({ film, player }: PlayerActions, step: 1 | -1): void {
  player.seek(film.edit(player.seq, step) ?? (step === 1 ? film.end : 0));
}

/** To the next moment of `kinds`, or the one before; stays where there is none. */
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

/** Do what a key says, unless it belongs to where it was pressed. Returns whether it was ours. */
export function handleShortcut(
  event: KeyboardEvent<HTMLElement>,
  controls: PlayerActions
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) {
    return false;
  }
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.key;
  // The sign on a key says it all; elsewhere Shift makes another key of it.
  const named = event.shiftKey && (letter.length > 1 || /^[a-z]$/.test(letter));
  const name = named ? `Shift+${letter}` : letter;
  const found = KEYS.find(({ keys }) => keys.includes(name));
  if (!found) {
    return false;
  }
  event.preventDefault();
  found.act(controls, name);
  return true;
}

/** What scrolls everywhere but on a slider. */
const VERTICAL = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp']);

/** Fields take every key; buttons are pressed with Space, and the text is read with arrows. */
function isTaken({ target, key }: KeyboardEvent<HTMLElement>): boolean {
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
        {KEYS.map(({ shown, what }) => (
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
