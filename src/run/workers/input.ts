/** Input of a program: lines of given text, or answers of the person who runs it. */
import { answered, asked } from '../../session/run-output';
import type { Output } from './output';

/** The error of a program that reads without given text and without a person to ask. */
const NOTHING_TO_READ =
  'This browser cannot ask while a program runs: put what it is to read into "Input" beforehand.';

/** A line that was read, without its end; null for the end of all input. */
type Line = string | null;

export class Input {
  readonly #output: Output;
  readonly #ask: ((prompt: string) => Promise<Line>) | null;
  readonly #given: string[] | null;
  /** Whether the last line of the given text has an end. */
  readonly #isWhole: boolean;
  /** Settles with the last question; `#open` counts those without an answer. */
  #asked: Promise<Line> = Promise.resolve(null);
  #open = 0;

  /**
   * With `given` text there are no questions. `ask` is called for one question at a time, because
   * an answer does not name its question.
   */
  constructor(
    given: string | null,
    output: Output,
    ask: ((prompt: string) => Promise<Line>) | null
  ) {
    this.#output = output;
    this.#ask = ask;
    this.#isWhole = given !== null && /[\r\n]$/.test(given);
    this.#given =
      given === null ? null : given.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  }

  /** Whether a person can be asked. */
  get asks(): boolean {
    return this.#ask !== null;
  }

  /** Whether a person has to be asked, because there is no given text. */
  get live(): boolean {
    return this.#given === null;
  }

  /** Read the next line of the given text, and show it as on a terminal. */
  given(prompt: string): Line {
    const line = this.#given?.shift() ?? null;
    this.#output.write('stdout', prompt);
    if (line !== null) {
      this.#output.write('stdin', `${line}\n`);
    }
    return line;
  }

  /** Read all that is left of the given text, and show it. */
  rest(): string {
    const lines = this.#given?.splice(0) ?? [];
    const text = lines.join('\n') + (lines.length > 0 && this.#isWhole ? '\n' : '');
    this.#output.write('stdin', text);
    return text;
  }

  /** Resolves when every question has its answer; false where there was no question. */
  async answered(): Promise<boolean> {
    const waited = this.#open > 0;
    while (this.#open > 0) {
      await this.#asked;
    }
    return waited;
  }

  /** Read the next line, asking for it if need be. Raises `Error` where no person can be asked. */
  async read(prompt: string): Promise<Line> {
    if (!this.live) {
      return this.given(prompt);
    }
    const ask = this.#ask;
    if (ask === null) {
      throw new Error(NOTHING_TO_READ);
    }
    this.#output.flush();
    this.#open += 1;
    this.#asked = this.#asked.then(() => ask(prompt));
    this.#output.count(asked(prompt));
    const line = await this.#asked;
    this.#output.count(answered(line));
    this.#open -= 1;
    return line;
  }
}
