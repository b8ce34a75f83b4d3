/** Libraries with the interfaces of Node's modules, whose types are those of Node. */
declare module 'readable-stream' {
  export { default } from 'stream';
}
declare module 'path-browserify' {
  export { posix as default } from 'path';
}
declare module 'util/util.js' {
  import * as util from 'util';
  export default util;
}
declare module 'assert/build/internal/util/comparisons' {
  export function isDeepEqual(one: unknown, other: unknown): boolean;
  export function isDeepStrictEqual(one: unknown, other: unknown): boolean;
}
