/** The row of the participants who are present. */
import type { JSX } from 'react';

import type { User } from '../../protocol/wire';
import { safeColor } from '../common/color';
import { ROLE_NAMES } from '../common/format';
import { ParticipantMenu } from './ParticipantMenu';
import type { ParticipantMenuProps } from './ParticipantMenu';

/**
 * `me` is marked and has no menu. `menu` has the data for the menus of the others; null where this
 * participant may change nothing about them.
 */
export function People(props: {
  people: readonly User[];
  me: User | null;
  menu: Omit<ParticipantMenuProps, 'person'> | null;
}): JSX.Element {
  const { people, me, menu } = props;
  return (
    <ul className="arena-people" aria-label="People here">
      {people.map(person => (
        <li key={person.id} title={ROLE_NAMES[person.role]}>
          <span className="arena-dot" style={{ backgroundColor: safeColor(person.color) }} />
          <span className="arena-person-name">{person.name}</span>
          <span className="arena-person-role">{ROLE_NAMES[person.role]}</span>
          {person.id === me?.id && <span className="arena-note">(you)</span>}
          {person.id !== me?.id && menu && <ParticipantMenu {...menu} person={person} />}
        </li>
      ))}
    </ul>
  );
}
