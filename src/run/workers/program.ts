/** Turns a person's JavaScript into a module: checks its syntax, exports its last expression. */
import { parse } from 'acorn';

/** What a person's file is called in errors and stack traces. */
export const FILE = 'main.js';

/** A module's source. `shifted` says which line got `by` columns in front of its rest. */
export interface Program {
  source: string;
  hasValue: boolean;
  shifted: { line: number; column: number; by: number };
}

/**
 * Make a module of `code`, with every line where it was. When the last statement is an expression,
 * it becomes the default export: so its value can be shown without any name in the program's scope.
 * Raises `SyntaxError` with a message for people.
 */
export function compile(code: string): Program {
  const parsed = parseModule(code);
  const last = parsed.body[parsed.body.length - 1];
  const nothing = { line: 0, column: 0, by: 0 };
  const name = `\n//# sourceURL=${FILE}`;
  if (
    last?.type !== 'ExpressionStatement' ||
    typeof last.directive === 'string' ||
    parsed.body.some(statement => statement.type === 'ExportDefaultDeclaration')
  ) {
    return { source: code + name, hasValue: false, shifted: nothing };
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
    }
  };
}

function parseModule(code: string): ReturnType<typeof parse> {
  try {
    return parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowHashBang: true,
      locations: true
    });
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SyntaxError(describe(error, code));
    }
    throw error;
  }
}

/** The line, a caret under the place, and what is wrong with it. */
function describe(error: SyntaxError & { loc?: unknown }, code: string): string {
  const { line, column } = error.loc as { line: number; column: number };
  const text = code.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? '';
  // Of a very long line only the part around the place.
  const from = Math.max(0, column - 60);
  const shown = text.slice(from, column + 40);
  const indent = text.slice(from, column).replace(/[^\t]/g, ' ');
  const message = error.message.replace(/ \(\d+:\d+\)$/, '');
  return `${FILE}:${line}\n${shown}\n${indent}^\nSyntaxError: ${message}`;
}
