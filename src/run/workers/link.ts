/** Linker: makes one program of several files. Each imported file becomes a module at a URL. */
import type { Source } from '../messages';
import { compile, compileImported, type Making, type Module, type Translate } from './module';

/** Options of the linker; `urlOf` makes a URL of the module of a file. */
interface Linking {
  /** The extension of a language's files, with the dot. */
  extension: string;
  translate: Translate;
  keepState: boolean;
  urlOf: (module: Module, file: string) => string;
}

/** Files import each other in a circle; the message names them. */
export class CircleError extends Error {}

/**
 * Link the main file with those of `files` that it imports as `./name`, directly or through others; names
 * may lack their extension. Raises `ProgramError` or `CircleError`.
 */
export function link({ main, code, files }: Source, linking: Linking): Module {
  const { extension, urlOf } = linking;
  const made = new Map<string, string>();
  /** Files that are being compiled: each is imported by the one before it. */
  const open: string[] = [];
  const resolve = (written: string): string | null => {
    const name = [written, written + extension, `${written}.js`].find(each =>
      Object.hasOwn(files, each)
    );
    const text = name === undefined ? undefined : files[name];
    if (name === undefined || text === undefined) {
      return null;
    }
    const before = made.get(name);
    if (before !== undefined) {
      return before;
    }
    if (open.includes(name)) {
      // A module needs the URLs of its imports before it has one itself.
      const circle = [...open.slice(open.indexOf(name)), name].join(' → ');
      throw new CircleError(`SyntaxError: Files cannot import each other in a circle: ${circle}`);
    }
    open.push(name);
    const url = urlOf(compileImported(text, name, making), name);
    open.pop();
    made.set(name, url);
    return url;
  };
  const making: Making = { ...linking, resolve };
  return compile(code, main, making);
}
