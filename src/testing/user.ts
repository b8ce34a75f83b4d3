import type { Role, User } from '../protocol/wire';

/** A participant for tests. */
export function user(id: string, role: Role = 'candidate'): User {
  return { id, name: `Name of ${id}`, color: '#123456', role };
}
