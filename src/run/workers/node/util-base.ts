/** What the other libraries need of `util`, with the inspection of Node itself. */
import npm from 'util/util.js';

export {
  format,
  formatWithOptions,
  inspect,
  stripVTControlCharacters
} from 'node-inspect-extracted';
export const { promisify, callbackify, inherits, deprecate, types, debuglog } = npm;
