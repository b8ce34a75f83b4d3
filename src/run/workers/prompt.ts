/** The program's `prompt`: asks the person who runs it, as in a page. */
import type { Input } from './input';

const CANNOT_WAIT =
  'prompt() can wait for an answer only at the top level and in async functions. Make this ' +
  'function async, or put what the program is to read into "Input" beforehand.';

/** Replace the global `prompt`. A call that may wait was compiled to a call of `prompt.wait`. */
export function installPrompt(input: Input): void {
  const prompt = (text: unknown = ''): string | null => {
    if (input.live) {
      throw new Error(CANNOT_WAIT);
    }
    return input.given(line(text));
  };
  const wait = (text: unknown = ''): Promise<string | null> => input.read(line(text));
  Object.defineProperty(globalThis, 'prompt', {
    configurable: true,
    writable: true,
    value: Object.assign(prompt, { wait })
  });
}

/** The question as the start of a line: here, the answer follows it. */
function line(text: unknown): string {
  const asked = String(text);
  return asked === '' || /\s$/.test(asked) ? asked : `${asked} `;
}
