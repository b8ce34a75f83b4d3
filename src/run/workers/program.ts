/** Turns a person's JavaScript into a module: checks its syntax, exports its last expression. */
import { parse } from 'acorn';

/** What a person's file is called in errors and stack traces. */
export const FILE = 'main.js';

/**
 * A module's source. `shifted` says which line got `by` columns in front of its rest; `names` are
 * what stack traces call the files of the program.
 */
export interface Program {
  source: string;
  hasValue: boolean;
  shifted: { line: number; column: number; by: number };
  names: readonly string[];
}

/** Where another file is, by its name; null where there is none. */
export type Resolve = (name: string) => string | null;

/**
 * Make a module of `text`, with every line where it was. When the last statement is an expression,
 * it becomes the default export: so its value can be shown without any name in the program's scope.
 * Raises `SyntaxError` with a message for people.
 */
export function compile(text: string, resolve: Resolve = () => null): Program {
  const code = resolved(text, FILE, resolve);
  const parsed = parseModule(code, FILE);
  const last = parsed.body[parsed.body.length - 1];
  const nothing = { line: 0, column: 0, by: 0 };
  const name = sourceUrl(FILE);
  const names = [FILE];
  if (
    last?.type !== 'ExpressionStatement' ||
    typeof last.directive === 'string' ||
    parsed.body.some(statement => statement.type === 'ExportDefaultDeclaration')
  ) {
    return { source: code + name, hasValue: false, shifted: nothing, names };
  }
  const before = 'export default (';
  const expression = code.slice(last.start, last.end).replace(/;$/, '');
  return {
    source: `${code.slice(0, last.start)}${before}${expression});${code.slice(last.end)}${name}`,
    hasValue: true,
    shifted: {
      line: last.loc?.start.line ?? 0,
      column: last.loc?.start.column ?? 0,
      by: before.length
    },
    names
  };
}

/** A file that others import, as a module. Raises `SyntaxError` with a message for people. */
export function compileImported(text: string, file: string, resolve: Resolve): string {
  return resolved(text, file, resolve) + sourceUrl(file);
}

/** What stack traces call a file: its name, without what would end that in the middle. */
export function traceName(file: string): string {
  return file.replace(/[\s'"]/g, '_');
}

function sourceUrl(file: string): string {
  return `\n//# sourceURL=${traceName(file)}`;
}

/** `code` with each `./name` that it imports replaced by where that file is. */
function resolved(code: string, file: string, resolve: Resolve): string {
  let result = code;
  for (const statement of parseModule(code, file).body.toReversed()) {
    const source = 'source' in statement ? statement.source : null;
    if (!source || typeof source.value !== 'string' || !source.value.startsWith('./')) continue;
    const url = resolve(source.value.slice(2));
    if (url === null) {
      const error = new SyntaxError(`There is no file ${JSON.stringify(source.value)}`);
      throw new SyntaxError(describe(Object.assign(error, { loc: source.loc?.start }), code, file));
    }
    result = result.slice(0, source.start) + JSON.stringify(url) + result.slice(source.end);
  }
  return result;
}

function parseModule(code: string, file: string): ReturnType<typeof parse> {
  try {
    return parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowHashBang: true,
      locations: true
    });
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SyntaxError(describe(error, code, file));
    }
    throw error;
  }
}

/** The line, a caret under the place, and what is wrong with it. */
function describe(error: SyntaxError & { loc?: unknown }, code: string, file: string): string {
  const { line, column } = error.loc as { line: number; column: number };
  const text = code.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? '';
  // Of a very long line only the part around the place.
  const from = Math.max(0, column - 60);
  const shown = text.slice(from, column + 40);
  const indent = text.slice(from, column).replace(/[^\t]/g, ' ');
  const message = error.message.replace(/ \(\d+:\d+\)$/, '');
  return `${file}:${line}\n${shown}\n${indent}^\nSyntaxError: ${message}`;
}
