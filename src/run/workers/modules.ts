/** Makes one program of a person's files: each that is imported becomes a module at a URL. */
import type { Source } from '../messages';
import { FILE, compile, compileImported, traceName, type Program } from './program';

/**
 * Link `code` with those of `files` that it imports as `./name`, directly or through others;
 * `urlOf` makes a URL of a module's source. Raises `SyntaxError` with a message for people.
 */
export function link({ code, files }: Source, urlOf: (module: string) => string): Program {
  const made = new Map<string, string>();
  /** Files that are being made: each is imported by the one before it. */
  const making: string[] = [];
  const resolve = (name: string): string | null => {
    const text = Object.hasOwn(files, name) ? files[name] : undefined;
    const before = made.get(name);
    if (before !== undefined || text === undefined) return before ?? null;
    if (making.includes(name)) {
      // A module needs the URLs of those that it imports before it has one itself.
      const circle = [...making.slice(making.indexOf(name)), name].join(' → ');
      throw new SyntaxError(`SyntaxError: Files cannot import each other in a circle: ${circle}`);
    }
    making.push(name);
    const url = urlOf(compileImported(text, name, resolve));
    making.pop();
    made.set(name, url);
    return url;
  };
  const program = compile(code, resolve);
  return { ...program, names: [FILE, ...[...made.keys()].map(traceName)] };
}
