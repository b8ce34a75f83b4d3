/** The error of a recording that is cut off, changed, or no recording; its message is for people. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}
