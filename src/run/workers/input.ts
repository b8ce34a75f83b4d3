/** What a program reads: lines that it was given, or answers of the person who runs it. */
import type { Output } from './output';

/** Said where a program wants to read and there is nothing, nor anybody to ask. */
const NOTHING_TO_READ =
  'This browser cannot ask while a program runs: put what it is to read into "Input" beforehand.';

/** A line that was read, without its end; null for the end of all input. */
type Line = string | null;

export class Input {
  readonly #output: Output;
  readonly #ask: ((prompt: string) => Promise<Line>) | null;
  readonly #given: string[] | null;
  /** Settles with the last of the questions; how many of them have no answer yet. */
  #asked: Promise<Line> = Promise.resolve(null);
  #open = 0;

  /**
   * `given` is text to read before anybody is asked; where there is some, nobody is. `ask` is called
   * for one question at a time: an answer does not say to which.
   */
  constructor(
    given: string | null,
    output: Output,
    ask: ((prompt: string) => Promise<Line>) | null
  ) {
    this.#output = output;
    this.#ask = ask;
    this.#given =
      given === null ? null : given.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  }

  /** Whether somebody can be asked. */
  get asks(): boolean {
    return this.#ask !== null;
  }

  /** Whether somebody has to be asked. */
  get live(): boolean {
    return this.#given === null;
  }

  /** Read the next line of what was given, and show it as on a terminal. */
  given(prompt: string): Line {
    const line = this.#given?.shift() ?? null;
    this.#output.write('stdout', prompt);
    if (line !== null) {
      this.#output.write('stdin', `${line}\n`);
    }
    return line;
  }

  /** Resolves when every question has its answer; false where there was none to wait for. */
  async answered(): Promise<boolean> {
    const waited = this.#open > 0;
    while (this.#open > 0) {
      await this.#asked;
    }
    return waited;
  }

  /** Read the next line, asking for it if need be. Raises `Error` where nobody can be asked. */
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
    const line = await this.#asked;
    this.#open -= 1;
    return line;
  }
}
