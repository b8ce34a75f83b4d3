/** JSON of unknown shape, from a server, a worker or a file. */

/** Whether `value` is a JSON object, so that its members can be read; an array is none. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `text` with each lone surrogate replaced by U+FFFD: lone surrogates have no form in UTF-8. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
