/**
 * Compiles a file of a program into a JavaScript module: checks its syntax, exports the value of its
 * last expression, and lets `prompt` wait where that is possible. Lines keep their numbers.
 */
import { parse, type Node, type Pattern, type Program as Tree } from 'acorn';
import { ancestor, simple } from 'acorn-walk';
import type { Location } from '../../protocol/wire';

/** A file in JavaScript; `place` maps a place in it to the original source. */
export interface Translated {
  code: string;
  place: (at: Location) => Location;
}

/** Translates the source of a file to JavaScript. Raises `ProgramError`. */
export type Translate = (text: string, file: string) => Translated;

/** The URL of another file by its name in an import; null where there is none. */
type Resolve = (name: string) => string | null;

/** A module's code, and whether it exports the value of its last expression. */
export interface Module extends Translated {
  hasValue: boolean;
}

/** A syntax error in a file, with a message for people. */
export class ProgramError extends Error {
  readonly file: string;
  readonly location: Location;

  /** `text` is the original source. */
  constructor(message: string, text: string, file: string, location: Location) {
    super(describe(message, text, file, location));
    this.file = file;
    this.location = location;
  }
}

/** A replacement of `removed` units by `text`, at an offset and the place of it. */
interface Change {
  at: number;
  removed: number;
  text: string;
  place: Location;
}

/** Options of the compiler. */
export interface Making {
  translate: Translate;
  resolve: Resolve;
  keepState: boolean;
}

/** Compile a file that others import. Raises `ProgramError`. */
export function compileImported(written: string, file: string, making: Making): Module {
  const source = making.translate(written, file);
  const tree = parseModule(source, written, file);
  const changes = new Changes(source.code);
  resolveImports(tree, changes, making.resolve, (message, at) => {
    throw new ProgramError(message, written, file, source.place(at));
  });
  if (!declaredNames(tree).includes('prompt')) {
    awaitPrompts(tree, changes);
  }
  return {
    code: changes.apply(),
    hasValue: false,
    place: at => source.place(changes.before(at))
  };
}

/**
 * Compile a program's main file. A last statement that is an expression becomes the default export, so
 * that its value can be shown without a name in the program's scope. With `keepState`, later programs
 * can use the names that it declares. Raises `ProgramError`.
 */
export function compile(written: string, file: string, making: Making): Module {
  const source = making.translate(written, file);
  const { code } = source;
  const tree = parseModule(source, written, file);
  const changes = new Changes(code);
  resolveImports(tree, changes, making.resolve, (message, at) => {
    throw new ProgramError(message, written, file, source.place(at));
  });
  const declared = declaredNames(tree);
  if (making.keepState && declared.length > 0) {
    changes.add(tree.body[0]?.start ?? 0, `${accessors(declared)};`);
  }
  const last = tree.body.at(-1);
  const hasValue =
    last?.type === 'ExpressionStatement' &&
    typeof last.directive !== 'string' &&
    !tree.body.some(statement => statement.type === 'ExportDefaultDeclaration');
  // Additions at one place keep the order in which they were made.
  if (hasValue) {
    changes.add(last.start, 'export default (');
  }
  if (!declared.includes('prompt')) {
    awaitPrompts(tree, changes);
  }
  if (hasValue) {
    const closed = code[last.end - 1] === ';';
    changes.add(closed ? last.end - 1 : last.end, closed ? ')' : ');');
  }
  return {
    code: changes.apply(),
    hasValue,
    place: at => source.place(changes.before(at))
  };
}

function parseModule({ code, place }: Translated, written: string, file: string): Tree {
  try {
    return parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowHashBang: true,
      locations: true
    });
  } catch (error) {
    if (error instanceof SyntaxError) {
      const { loc } = error as SyntaxError & { loc?: Location };
      const message = error.message.replace(/ \(\d+:\d+\)$/, '');
      throw new ProgramError(message, written, file, place(loc ?? { line: 1, column: 0 }));
    }
    throw error;
  }
}

/** The line, a caret under the place, and the message. */
function describe(message: string, code: string, file: string, at: Location): string {
  const text = code.split(/\r\n|[\n\r\u2028\u2029]/)[at.line - 1] ?? '';
  // Of a long line, the part around the place.
  const from = Math.max(0, at.column - 60);
  const shown = text.slice(from, at.column + 40);
  const indent = text.slice(from, at.column).replace(/[^\t]/g, ' ');
  return `${file}:${at.line}\n${shown}\n${indent}^\nSyntaxError: ${message}`;
}

/** Replacements in a text; none contains a line break. */
class Changes {
  readonly #code: string;
  readonly #all: Change[] = [];

  constructor(code: string) {
    this.#code = code;
  }

  /** Replace `removed` units at an offset by `text`; at one offset, in the order of adding. */
  add(at: number, text: string, removed = 0): void {
    const before = this.#code.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/);
    const place = { line: before.length, column: before.at(-1)?.length ?? 0 };
    this.#all.push({ at, removed, text, place });
    this.#all.sort((one, other) => one.at - other.at);
  }

  /** The text with all replacements. */
  apply(): string {
    let from = 0;
    let code = '';
    for (const { at, removed, text } of this.#all) {
      code += this.#code.slice(from, at) + text;
      from = at + removed;
    }
    return code + this.#code.slice(from);
  }

  /** Maps a place of the new text to the old one. */
  before({ line, column }: Location): Location {
    let moved = 0;
    for (const { removed, text, place } of this.#all) {
      const from = place.column + moved;
      if (place.line === line && column > from) {
        if (column < from + text.length) {
          return { line, column: place.column };
        }
        moved += text.length - removed;
      }
    }
    return { line, column: column - moved };
  }
}

/** Replace each imported `./name`, in a statement or in `import()`, by the URL of that file. */
function resolveImports(
  tree: Tree,
  changes: Changes,
  resolve: Resolve,
  fail: (message: string, at: Location) => never
): void {
  const replace = (source: Node | null | undefined): void => {
    if (source?.type !== 'Literal') {
      return;
    }
    const { value } = source as Node & { value?: unknown };
    if (typeof value !== 'string' || !value.startsWith('./')) {
      return;
    }
    const url = resolve(value.slice(2));
    if (url === null) {
      return fail(
        `There is no file ${JSON.stringify(value)}`,
        source.loc?.start ?? { line: 1, column: 0 }
      );
    }
    changes.add(source.start, JSON.stringify(url), source.end - source.start);
  };
  for (const statement of tree.body) {
    replace('source' in statement ? statement.source : null);
  }
  simple(tree, { ImportExpression: ({ source }) => replace(source) });
}

/** Names that a program declares at its top level. */
function declaredNames(tree: Tree): string[] {
  return tree.body.flatMap(statement => {
    const found =
      statement.type === 'ExportNamedDeclaration'
        ? (statement.declaration ?? statement)
        : statement;
    switch (found.type) {
      case 'VariableDeclaration':
        return found.declarations.flatMap(({ id }) => namesIn(id));
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        return [found.id.name];
      default:
        return [];
    }
  });
}

function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap(property =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value)
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap(element => (element === null ? [] : namesIn(element)));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

/** Code that makes a module's names readable and writable as global names. */
function accessors(names: readonly string[]): string {
  const each = names.map(
    name => `${name}:{get:()=>${name},set:value=>{${name}=value},configurable:true,enumerable:true}`
  );
  return `Object.defineProperties(globalThis,{${each.join()}})`;
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
/** Code in these belongs to no function, and cannot wait either. */
const INITIALIZERS = ['PropertyDefinition', 'StaticBlock'];

/** A worker can wait only by `await`: calls of `prompt` get one, wherever it is allowed. */
function awaitPrompts(tree: Tree, changes: Changes): void {
  ancestor(tree, {
    CallExpression(call, _, ancestors: Node[]) {
      const { callee } = call;
      if (callee.type !== 'Identifier' || callee.name !== 'prompt') {
        return;
      }
      const around = ancestors.findLast(
        ({ type }) => FUNCTIONS.includes(type) || INITIALIZERS.includes(type)
      );
      if (around === undefined || mayAwait(around, call)) {
        changes.add(call.start, '(await ');
        changes.add(callee.end, '.wait');
        changes.add(call.end, ')');
      }
    }
  });
}

function mayAwait(around: Node, call: Node): boolean {
  const { async, body } = around as Node & { async?: boolean; body?: Node };
  return async === true && body !== undefined && call.start >= body.start;
}
