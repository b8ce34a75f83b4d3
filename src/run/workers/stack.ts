/** Makes errors show a person's own lines only, at the columns where they wrote them. */
import { inspect } from 'node-inspect-extracted';
import { FILE, type Program } from './program';

/** V8's hook for the text of `error.stack`; other engines do not have it. */
interface V8Error {
  prepareStackTrace?: (error: unknown, frames: readonly object[]) => string;
}

/** Have every stack trace from now on show frames of the program only. */
export function ownFramesOnly(program: Program): void {
  (Error as unknown as V8Error).prepareStackTrace = (error, frames) =>
    [
      Error.prototype.toString.call(error),
      ...frames
        .map(String)
        .filter(frame => isOwn(frame, program))
        .map(frame => `    at ${inPlace(frame, program)}`)
    ].join('\n');
}

/** What `program` threw, as text for people. */
export function explain(thrown: unknown, program: Program): string {
  if (!(thrown instanceof Error)) {
    return `Uncaught ${inspect(thrown)}`;
  }
  // An error without frames is inspected in brackets.
  const text = inspect(thrown).replace(/^\[(.*)\]$/s, '$1');
  // Engines without V8's hook put all frames into the text.
  return text
    .split('\n')
    .filter(line => isOwn(line, program) || !/^\s*(at .*|.*@.*:\d+:\d+)$/.test(line))
    .join('\n');
}

/** Whether a line of a stack trace is about one of the program's files. */
function isOwn(line: string, { names }: Program): boolean {
  return names.some(name => {
    const literally = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return new RegExp(`(^|[\\s(@/])${literally}:\\d`).test(line);
  });
}

/** Take back the columns that the program's last expression was moved by. */
function inPlace(frame: string, { shifted }: Program): string {
  return frame.replace(/main\.js:(\d+):(\d+)/g, (place, line: string, column: string) =>
    Number(line) === shifted.line && Number(column) > shifted.column
      ? `${FILE}:${line}:${Math.max(shifted.column + 1, Number(column) - shifted.by)}`
      : place
  );
}
