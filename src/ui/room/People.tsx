/** The people who are present, as pictures with their initials. */
import { useState } from 'react';
import type { JSX } from 'react';

import type { User } from '../../protocol/wire';
import { safeColor } from '../common/color';
import { ROLE_NAMES } from '../common/format';
import { NameForm } from './NameForm';
import { ParticipantMenu } from './ParticipantMenu';
import type { ParticipantMenuProps } from './ParticipantMenu';

/** The most people who are shown before somebody asks for all. */
const SHOWN = 5;

/**
 * `me` is marked and has no menu, but may change the own name; `onName` is undefined where that is not
 * possible now. `menu` has the data for the menus of the others; null where this participant may change
 * nothing about them.
 */
export function People(props: {
  people: readonly User[];
  me: User | null;
  menu: Omit<ParticipantMenuProps, 'person' | 'avatar'> | null;
  onName?: ((name: string) => void) | undefined;
}): JSX.Element {
  const { people, me, menu, onName } = props;
  const [isWhole, setWhole] = useState(false);
  const isMe = (person: User): boolean => person.id === me?.id;
  const more = people.length > SHOWN + 1 ? people.length - SHOWN : 0;
  return (
    <div className="arena-people-bar">
      <ul
        className="arena-people"
        aria-label="People here"
        data-few={people.length <= 3}
        data-whole={isWhole}
      >
        {people.map((person, index) => (
          <li
            key={person.id}
            title={titleOf(person, isMe(person))}
            data-more={more > 0 && index >= SHOWN}
          >
            {isMe(person) && onName ? (
              <NameButton person={person} onName={onName} />
            ) : !isMe(person) && menu ? (
              <ParticipantMenu {...menu} person={person} avatar={<Avatar person={person} />} />
            ) : (
              <Avatar person={person} />
            )}
            <span className="arena-person-name">{person.name}</span>
            <span className="arena-hidden">
              {ROLE_NAMES[person.role]}
              {isMe(person) && ' (you)'}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button
          type="button"
          className="arena-avatar arena-avatar-more"
          aria-expanded={isWhole}
          aria-label={isWhole ? 'Show fewer people' : `Show ${more} more people`}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? '−' : `+${more}`}
        </button>
      )}
    </div>
  );
}

function titleOf({ name, role }: User, isMe: boolean): string {
  return `${name}, ${ROLE_NAMES[role].toLowerCase()}${isMe ? ' (you)' : ''}`;
}

function Avatar({ person }: { person: User }): JSX.Element {
  return (
    <span
      aria-hidden="true"
      className="arena-avatar"
      style={{ backgroundColor: safeColor(person.color) }}
    >
      {initialsOf(person.name)}
    </span>
  );
}

/** The first letters of a name's first and last word. */
function initialsOf(name: string): string {
  const words = name.split(/[\s.@_-]+/u).filter(word => /^[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : [words.at(0) ?? name];
  return ends
    .map(word => String.fromCodePoint((word ?? '').codePointAt(0) ?? 0x20))
    .join('')
    .toLocaleUpperCase();
}

function NameButton(props: { person: User; onName: (name: string) => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { person } = props;
  return (
    <>
      <button
        type="button"
        className="arena-avatar-button"
        aria-label="Change your name"
        title={`${titleOf(person, true)}: change your name`}
        onClick={() => setOpen(true)}
      >
        <Avatar person={person} />
      </button>
      {open && <NameForm name={person.name} onSave={props.onName} onClose={() => setOpen(false)} />}
    </>
  );
}
