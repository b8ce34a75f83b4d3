/** The browser's own words for a syntax error: those that people know from Node and its documentation. */
import type { Location } from '../../protocol/wire';
import { plainMessage, runScript } from './loader';
import type { ParseError } from './syntax';

/** A program that were valid after all would end here, at its start. */
const STOP = 'throw 0;';
const later = setTimeout.bind(globalThis);

/** A syntax error as the engine reports it. */
interface Report {
  message: string;
  at: Location;
}

/** The message and the place of the engine for a syntax error that the parser found. */
export async function explainSyntax(code: string, error: ParseError): Promise<Report> {
  const found: Report = { message: error.message, at: error.location };
  // As a script, because of scripts the engine also tells the place. What makes a module is blanked.
  const blanked = code
    .replace(/^[^\S\n]*import\b(?!\s*[(.])[^\n]*/gm, line => ' '.repeat(line.length))
    .replace(/^([^\S\n]*)export (?:default )?(?=[a-z({[])/gm, part => ' '.repeat(part.length));
  const script = await asScript(blanked);
  // Of a script with both, the parser tells which error is to be shown.
  const isOther = /^(?:Illegal return|await is )/.test(script?.message ?? '');
  if (script !== null && blanked === code && (!isOther || isSame(script.at, error.location))) {
    return script;
  }
  const message = await asModule(code);
  if (message === null) {
    return found;
  }
  return script?.message === message ? script : { ...found, message };
}

function isSame(one: Location, other: Location): boolean {
  return one.line === other.line && one.column === other.column;
}

async function asScript(code: string): Promise<Report | null> {
  const report = await new Promise<Report | null>(resolve => {
    const listen = (event: ErrorEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      removeEventListener('error', listen, true);
      const { message, lineno: line, colno } = event;
      const column = Math.max(0, colno - 1 - (line === 1 ? STOP.length : 0));
      const isSyntax = /^(?:Uncaught )?SyntaxError: /.test(message);
      resolve(
        isSyntax && line > 0 ? { message: plainMessage(message), at: { line, column } } : null
      );
    };
    addEventListener('error', listen, true);
    // Only of an error that nobody catches the place is known.
    later(() => runScript(STOP + code));
  });
  return report;
}

async function asModule(code: string): Promise<string | null> {
  const url = URL.createObjectURL(new Blob([STOP + code], { type: 'text/javascript' }));
  try {
    await import(url);
    return null;
  } catch (error) {
    return error instanceof SyntaxError ? plainMessage(error.message) : null;
  } finally {
    URL.revokeObjectURL(url);
  }
}
