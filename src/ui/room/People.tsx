/** The row of the participants who are present. */
import { useState } from 'react';
import type { JSX } from 'react';

import type { User } from '../../protocol/wire';
import { safeColor } from '../common/color';
import { ROLE_NAMES } from '../common/format';
import { NameForm } from './NameForm';
import { ParticipantMenu } from './ParticipantMenu';
import type { ParticipantMenuProps } from './ParticipantMenu';

/**
 * `me` is marked and has no menu, but may change the own name; `onName` is undefined where that is not
 * possible now. `menu` has the data for the menus of the others; null where this participant may change
 * nothing about them.
 */
export function People(props: {
  people: readonly User[];
  me: User | null;
  menu: Omit<ParticipantMenuProps, 'person'> | null;
  onName?: ((name: string) => void) | undefined;
}): JSX.Element {
  const { people, me, menu, onName } = props;
  return (
    <ul className="arena-people" aria-label="People here">
      {people.map(person => (
        <li key={person.id} title={ROLE_NAMES[person.role]}>
          <span className="arena-dot" style={{ backgroundColor: safeColor(person.color) }} />
          <span className="arena-person-name">{person.name}</span>
          <span className="arena-person-role">{ROLE_NAMES[person.role]}</span>
          {person.id === me?.id && <span className="arena-note">(you)</span>}
          {person.id === me?.id && onName && <NameButton name={person.name} onName={onName} />}
          {person.id !== me?.id && menu && <ParticipantMenu {...menu} person={person} />}
        </li>
      ))}
    </ul>
  );
}

function NameButton(props: { name: string; onName: (name: string) => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="arena-text-button"
        aria-label="Change your name"
        onClick={() => setOpen(true)}
      >
        Rename
      </button>
      {open && <NameForm name={props.name} onSave={props.onName} onClose={() => setOpen(false)} />}
    </>
  );
}
