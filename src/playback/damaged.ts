/** A recording that is cut, changed, or none at all; the message is for people. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}
