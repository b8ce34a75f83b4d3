/** Stack traces with a program's own frames only, at their places in the original source. */
import { inspect } from 'node-inspect-extracted';
import type { Location } from '../../protocol/wire';
import type { Module } from './module';

type Placed = Pick<Module, 'place' | 'isOurs'>;

/** What V8 has for `error.stack`; other engines have no hook for its text. */
interface V8Error {
  prepareStackTrace?: (error: unknown, frames: readonly object[]) => string;
  captureStackTrace?: (error: object, above?: unknown) => void;
}

/** Frames of a stack trace; V8 has no more by default. */
const DEPTH = 10;
/** The name of the files of earlier programs. */
const EARLIER = 'an earlier run';
/** A place as engines write it, in a file with a name of `Stacks.add`. */
const PLACE = /([^\s(@/?]+\?\d+):(\d+):(\d+)/g;
/**
 * A line of a stack trace, with its place as engines write it or already translated. Fields of the error
 * follow the last one.
 */
const FRAME = /^\s*(at .*|.*@.*):\d+:\d+\)?( \{)?$/;

/** The stack traces of a worker's programs. */
export class Stacks {
  /** The files of all programs, by their names for the engine. */
  readonly #files = new Map<string, { name: string; run: number; module: Placed }>();
  #main = '';
  #run = 0;

  constructor() {
    // From here on, V8's stack traces have frames of programs only.
    (Error as unknown as V8Error).prepareStackTrace = (error, frames) =>
      [
        Error.prototype.toString.call(error),
        ...frames
          .map(String)
          .filter(frame => this.#isOwn(frame))
          .map(frame => `    at ${this.#translated(frame)}`)
      ].join('\n');
    this.#likeV8(Error.prototype);
    this.#likeV8(DOMException.prototype);
  }

  /** Firefox's traces are a getter, and have frames alone: here, they begin with the error. */
  #likeV8(prototype: object): void {
    const plain = Object.getOwnPropertyDescriptor(prototype, 'stack');
    if (plain?.get === undefined) {
      return;
    }
    const extended = (error: unknown): unknown => this.#extended(error, plain.get?.call(error));
    Object.defineProperty(prototype, 'stack', {
      ...plain,
      get(this: unknown) {
        return extended(this);
      }
    });
    // Not every version has it.
    const errors = Error as unknown as V8Error;
    const capture = errors.captureStackTrace;
    if (capture !== undefined && prototype === Error.prototype) {
      errors.captureStackTrace = (error, above) => {
        capture(error, above);
        const value = this.#extended(error, Reflect.get(error, 'stack'));
        Object.defineProperty(error, 'stack', { value, configurable: true, writable: true });
      };
    }
  }

  /** Firefox's trace as V8 has it. */
  #extended(error: unknown, frames: unknown): unknown {
    if (typeof frames !== 'string') {
      return frames;
    }
    const own = frames.split('\n').filter(frame => this.#isOwn(frame));
    const lines = own.slice(0, DEPTH).map(frame => {
      const [, name = '', place = ''] = /^(.*)@(.*)$/.exec(this.#translated(frame)) ?? [];
      return `    at ${name === '' ? place : `${name} (${place})`}`;
    });
    return [Error.prototype.toString.call(error), ...lines].join('\n');
  }

  /** Another program begins; `main` is the name of its main file. */
  begin(main: string): void {
    this.#main = main;
    this.#run += 1;
  }

  /** Register a file of the program and its module; returns its name for the engine. */
  add(file: string, module: Placed): string {
    // Without characters that would end the name in a trace; the number makes it unique.
    const unique = `${file.replace(/[\s'"()@/?]/g, '_')}?${this.#files.size}`;
    this.#files.set(unique, { name: file, run: this.#run, module });
    return unique;
  }

  /** A thrown value as text for people. */
  explain(thrown: unknown): string {
    if (!(thrown instanceof Error)) {
      return `Uncaught ${inspect(thrown)}`;
    }
    // `inspect` puts an error without frames in brackets.
    const text = inspect(thrown).replace(/^\[(.*)\]$/s, '$1');
    // In engines without V8's hook, all frames are in the text.
    const isFrame = /^\s*(at .*|.*@.*:\d+:\d+)( \{)?$/;
    return text
      .split('\n')
      .filter(line => !isFrame.test(line) || this.#isOwn(line) || this.#isTranslated(line))
      .map(line => this.#translated(line))
      .join('\n');
  }

  /** The place of the first frame of an explanation that is in the main file. */
  locate(explanation: string): Location | null {
    for (const line of explanation.split('\n').filter(each => FRAME.test(each))) {
      const [, before = '', at, column] =
        /^(.*):(\d+):(\d+)\)?$/.exec(line.replace(/ \{$/, '')) ?? [];
      if (this.#fileAtEnd(before) === this.#main) {
        return { line: Number(at), column: Number(column) - 1 };
      }
    }
    return null;
  }

  /** The program's file whose name is at the end of a text; names may have spaces. */
  #fileAtEnd(text: string): string | undefined {
    return [...this.#files.values()]
      .filter(({ name, run }) => run === this.#run && text.endsWith(name))
      .map(({ name }) => name)
      .filter(name => /[\s(@]$/.test(text.slice(0, -name.length)))
      .sort((one, other) => other.length - one.length)[0];
  }

  #isOwn(frame: string): boolean {
    return [...frame.matchAll(PLACE)].some(([, name = '', line, column]) => {
      const file = this.#files.get(name);
      return file?.module.isOurs({ line: Number(line), column: Number(column) - 1 }) === false;
    });
  }

  /** Whether a line is a frame whose place is already translated. */
  #isTranslated(line: string): boolean {
    const names = [EARLIER, ...[...this.#files.values()].map(({ name }) => name)];
    return FRAME.test(line) && names.some(name => line.includes(`${name}:`));
  }

  /** A line with its places translated to the original source. */
  #translated(text: string): string {
    const places = text.replace(
      PLACE,
      (all: string, unique: string, line: string, column: string) => {
        const file = this.#files.get(unique);
        if (file === undefined) {
          return all;
        }
        const at = file.module.place({ line: Number(line), column: Number(column) - 1 });
        return `${file.run === this.#run ? file.name : EARLIER}:${at.line}:${at.column + 1}`;
      }
    );
    // The top level of a file is a function without a name.
    return places.replace(/(?:Object\.<anonymous>|<anonymous>) \((.*:\d+:\d+)\)/, '$1');
  }
}
