/** Who is here now, in one compact row. */
import type { JSX } from 'react';

import type { User } from '../../protocol/wire';
import { safeColor } from '../common/color';
import { ParticipantMenu } from './ParticipantMenu';
import type { Rights } from './ParticipantMenu';
import { ROLE_NAMES } from '../common/format';

/** `people` as the server's roster has them; `me` is marked. `rights` is what an interviewer has. */
export function People(props: {
  people: readonly User[];
  me: User | null;
  rights: Rights | null;
}): JSX.Element {
  return (
    <ul className="arena-people" aria-label="People here">
      {props.people.map(person => (
        <li key={person.id} title={ROLE_NAMES[person.role]}>
          <span className="arena-dot" style={{ backgroundColor: safeColor(person.color) }} />
          <span className="arena-person-name">{person.name}</span>
          <span className="arena-person-role">{ROLE_NAMES[person.role]}</span>
          {person.id === props.me?.id && <span className="arena-note">(you)</span>}
          {person.id !== props.me?.id && props.rights && (
            <ParticipantMenu person={person} rights={props.rights} />
          )}
        </li>
      ))}
    </ul>
  );
}
