/** Reads the syntax of a file, as a script or as a module, and describes errors in it. */
import { parse, type Program as Tree } from 'acorn';
import type { Location } from '../../protocol/wire';

/** A file in JavaScript; `place` maps a place in it to the original source. */
export interface Translated {
  code: string;
  place: (at: Location) => Location;
}

/** Translates the source of a file to JavaScript. Raises `ProgramError`. */
export type Translate = (text: string, file: string) => Translated;

/** An error in a file before the program starts, with a message for people. */
export class ProgramError extends Error {
  readonly file: string;
  readonly location: Location;

  /** `text` is the original source, `kind` the name of the error. */
  constructor(
    message: string,
    text: string,
    file: string,
    location: Location,
    kind = 'SyntaxError'
  ) {
    super(describe(`${kind}: ${message}`, text, file, location));
    this.file = file;
    this.location = location;
  }
}

/** A syntax error as the parser sees it; the engine of the browser has better words for it. */
export class ParseError extends Error {
  readonly location: Location;

  constructor(message: string, location: Location) {
    super(message);
    this.location = location;
  }
}

/** The names that a CommonJS file gets. */
export const COMMONJS = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * Parse a file. As in Node, it is a module only where it cannot be a script: with `import`, `export`
 * or `await` at its top level, or with variables by the names of CommonJS. Raises `ParseError`.
 */
export function parseFile(code: string): Tree {
  const asScript = tryParse(code, 'script');
  if (asScript instanceof ParseError || redeclaresCommonJs(asScript)) {
    const asModule = tryParse(code, 'module');
    if (asModule instanceof ParseError) {
      throw asModule;
    }
    return asModule;
  }
  return asScript;
}

function tryParse(code: string, sourceType: 'script' | 'module'): Tree | ParseError {
  try {
    return parse(code, {
      ecmaVersion: 'latest',
      sourceType,
      allowHashBang: true,
      allowReturnOutsideFunction: sourceType === 'script',
      allowImportExportEverywhere: false,
      locations: true,
      ranges: true
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    const { loc } = error as SyntaxError & { loc?: Location };
    const { line, column } = loc ?? { line: 1, column: 0 };
    return new ParseError(error.message.replace(/ \(\d+:\d+\)$/, ''), { line, column });
  }
}

function redeclaresCommonJs(tree: Tree): boolean {
  return tree.body.some(
    statement =>
      (statement.type === 'VariableDeclaration' &&
        statement.kind !== 'var' &&
        statement.declarations.some(
          ({ id }) => id.type === 'Identifier' && COMMONJS.includes(id.name)
        )) ||
      (statement.type === 'ClassDeclaration' && COMMONJS.includes(statement.id.name))
  );
}

/** The line, a caret under the place, and the message. */
function describe(message: string, code: string, file: string, at: Location): string {
  const text = code.split(/\r\n|[\n\r\u2028\u2029]/)[at.line - 1] ?? '';
  // Of a long line, the part around the place.
  const from = Math.max(0, at.column - 60);
  const shown = text.slice(from, at.column + 40);
  const indent = text.slice(from, at.column).replace(/[^\t]/g, ' ');
  return `${file}:${at.line}\n${shown}\n${indent}^\n${message}`;
}
