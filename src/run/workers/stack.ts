/** Makes errors show a person's own lines only, at the columns where they wrote them. */
import { inspect } from 'node-inspect-extracted';
import type { Location } from '../../protocol/wire';
import type { Module } from './module';

/** V8's hook for the text of `error.stack`; other engines do not have it. */
interface V8Error {
  prepareStackTrace?: (error: unknown, frames: readonly object[]) => string;
}

/** What the files of a program that ran before are called. */
const EARLIER = 'an earlier run';
/** A place as engines write it, in a file as we named it for them. */
const PLACE = /([^\s(@/?]+\?\d+):(\d+):(\d+)/g;
/** A line of a stack trace, as engines write it or with its place told already. */
const FRAME = /^\s*(at .*|.*@.*):\d+:\d+\)?$/;

/** The stack traces of a worker's programs. */
export class Stacks {
  /** The files of all programs, by the names that the engine has for them. */
  readonly #files = new Map<string, { name: string; run: number; module: Module }>();
  #main = '';
  #run = 0;

  constructor() {
    // From now on, every stack trace shows frames of programs only.
    (Error as unknown as V8Error).prepareStackTrace = (error, frames) =>
      [
        Error.prototype.toString.call(error),
        ...frames
          .map(String)
          .filter(frame => this.#isOwn(frame))
          .map(frame => `    at ${this.#inPlace(frame)}`)
      ].join('\n');
  }

  /** Another program begins, whose main file is called `main`. */
  begin(main: string): void {
    this.#main = main;
    this.#run += 1;
  }

  /** A file of the program became a module; returns the name for the engine to give it. */
  add(file: string, module: Module): string {
    // Without what would end the name in the middle of a trace; the number is what tells two apart.
    const unique = `${file.replace(/[\s'"()@/?]/g, '_')}?${this.#files.size}`;
    this.#files.set(unique, { name: file, run: this.#run, module });
    return unique;
  }

  /** What was thrown, as text for people. */
  explain(thrown: unknown): string {
    if (!(thrown instanceof Error)) {
      return `Uncaught ${inspect(thrown)}`;
    }
    // An error without frames is inspected in brackets.
    const text = inspect(thrown).replace(/^\[(.*)\]$/s, '$1');
    // Engines without V8's hook put all frames into the text.
    const isFrame = /^\s*(at .*|.*@.*:\d+:\d+)$/;
    return text
      .split('\n')
      .filter(line => !isFrame.test(line) || this.#isOwn(line) || this.#isTold(line))
      .map(line => this.#inPlace(line))
      .join('\n');
  }

  /** The place in the main file of the first frame there that an explanation has. */
  locate(explanation: string): Location | null {
    for (const line of explanation.split('\n').filter(each => FRAME.test(each))) {
      const [, before = '', at, column] = /^(.*):(\d+):(\d+)\)?$/.exec(line) ?? [];
      if (this.#fileAtEnd(before) === this.#main) {
        return { line: Number(at), column: Number(column) - 1 };
      }
    }
    return null;
  }

  /** The file of the program whose name stands at the end of a text; names may have spaces. */
  #fileAtEnd(text: string): string | undefined {
    return [...this.#files.values()]
      .filter(({ name, run }) => run === this.#run && text.endsWith(name))
      .map(({ name }) => name)
      .filter(name => /[\s(@]$/.test(text.slice(0, -name.length)))
      .sort((one, other) => other.length - one.length)[0];
  }

  #isOwn(frame: string): boolean {
    return [...frame.matchAll(PLACE)].some(([, name]) => this.#files.has(name ?? ''));
  }

  /** Whether a line is a frame that has its place already. */
  #isTold(line: string): boolean {
    const names = [EARLIER, ...[...this.#files.values()].map(({ name }) => name)];
    return FRAME.test(line) && names.some(name => line.includes(`${name}:`));
  }

  /** Take back what was done to the places in a line. */
  #inPlace(text: string): string {
    return text.replace(PLACE, (all: string, unique: string, line: string, column: string) => {
      const file = this.#files.get(unique);
      if (file === undefined) {
        return all;
      }
      const at = file.module.place({ line: Number(line), column: Number(column) - 1 });
      return `${file.run === this.#run ? file.name : EARLIER}:${at.line}:${at.column + 1}`;
    });
  }
}
