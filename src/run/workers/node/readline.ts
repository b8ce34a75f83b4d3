/** `readline`: the lines of the program's input, or of another stream. */
import EventEmitter from 'events';
import type { Host } from '../node-host';

interface Options {
  input?: AsyncIterable<unknown>;
  output?: { write(text: string): void };
  prompt?: string;
}

/** The next line, without its end; null at the end of the input. */
type NextLine = (prompt: string) => Promise<string | null>;

export function createReadline(host: Host, stdin: unknown) {
  class Interface extends EventEmitter {
    terminal = false;
    line = '';
    closed = false;
    readonly #isStdin: boolean;
    readonly #next: NextLine;
    readonly #output: Options['output'];
    #prompt: string;
    #paused = false;
    #reading = false;
    /** Calls of `question` that wait for their answers. */
    readonly #questions: { query: string; answer: (line: string) => void }[] = [];

    constructor(given: Options | AsyncIterable<unknown>, output?: Options['output']) {
      super();
      const options = ('input' in given ? given : { input: given, output }) as Options;
      const { input } = options;
      this.#isStdin = input === undefined || (input as unknown) === stdin;
      this.#next =
        input === undefined || this.#isStdin
          ? prompt => host.input.read(prompt)
          : linesOf(input, options.output);
      this.#output = options.output;
      this.#prompt = options.prompt ?? '> ';
      this.on('newListener', (event: string) => {
        if (event === 'line') {
          this.#start();
        }
      });
    }

    setPrompt(prompt: string): void {
      this.#prompt = prompt;
    }

    getPrompt(): string {
      return this.#prompt;
    }

    prompt(): void {
      this.#output?.write(this.#prompt);
      this.resume();
    }

    question(query: string, options: unknown, answer?: (line: string) => void): void {
      const then = (typeof options === 'function' ? options : answer) as (line: string) => void;
      if (this.closed) {
        throw Object.assign(new Error('readline was closed'), { code: 'ERR_USE_AFTER_CLOSE' });
      }
      this.#questions.push({ query, answer: then });
      this.#start();
    }

    pause(): this {
      this.#paused = true;
      return this;
    }

    resume(): this {
      this.#paused = false;
      this.#start();
      return this;
    }

    write(): void {
      // There is no terminal.
    }

    close(): void {
      if (!this.closed) {
        this.closed = true;
        this.emit('close');
      }
    }

    async *[Symbol.asyncIterator](): AsyncGenerator<string> {
      while (!this.closed) {
        const line = await this.#next('');
        if (line === null) {
          this.close();
          return;
        }
        yield line;
      }
    }

    #start(): void {
      if (!this.#reading) {
        this.#reading = true;
        host.later(() => void this.#read());
      }
    }

    async #read(): Promise<void> {
      while (!this.closed && !this.#paused) {
        const question = this.#questions.shift();
        if (question === undefined && this.listenerCount('line') === 0) {
          break;
        }
        // Lines that are there follow each other without a pause, as in Node.
        const query = question?.query ?? '';
        const isGiven = this.#isStdin && !host.input.live;
        const line = isGiven ? host.input.given(query) : await this.#next(query);
        if (line === null) {
          host.later(() => this.close());
          break;
        }
        if (question === undefined) {
          this.emit('line', line);
        } else {
          question.answer(line);
          await Promise.resolve();
        }
      }
      this.#reading = false;
      if (!this.closed && this.#questions.length > 0) {
        this.#start();
      }
    }
  }

  const createInterface = (given: Options, output?: Options['output']): Interface =>
    new Interface(given, output);
  class Asking extends Interface {
    // In `readline/promises`, an answer is a promise.
    ask(query: string): Promise<string> {
      return new Promise(resolve => {
        super.question(query, resolve);
      });
    }
  }
  const promises = {
    Interface: Asking,
    createInterface: (given: Options) => {
      const asking = new Asking(given);
      return Object.assign(asking, { question: (query: string) => asking.ask(query) });
    }
  };
  const done = (): boolean => true;
  return {
    Interface,
    createInterface,
    promises,
    clearLine: done,
    cursorTo: done,
    moveCursor: done,
    emitKeypressEvents: () => undefined
  };
}

function linesOf(input: AsyncIterable<unknown>, output: Options['output']): NextLine {
  const lines = (async function* () {
    let rest = '';
    for await (const chunk of input) {
      const parts = (rest + String(chunk)).split(/\r?\n/);
      rest = parts.pop() ?? '';
      yield* parts;
    }
    if (rest !== '') {
      yield rest;
    }
  })();
  return async prompt => {
    if (prompt !== '') {
      output?.write(prompt);
    }
    const { done, value } = await lines.next();
    return done === true ? null : value;
  };
}
