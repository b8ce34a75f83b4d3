/** `util`. */
export * from './util-base';
export { isDeepEqual, isDeepStrictEqual } from 'assert/build/internal/util/comparisons';
export const { TextEncoder, TextDecoder } = globalThis;
