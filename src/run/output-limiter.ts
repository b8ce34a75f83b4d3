/**
 * Passes on what a run says and asks, within its limits. The worker keeps to them by itself and says
 * when it cuts; one that does not is no longer our code, and its run is to be ended.
 */
import type { Chunk } from '../protocol/wire';
import { LIMITS } from '../protocol/wire';
import { DISPLAY_LIMIT, QUESTION_LIMIT } from './messages';

/** Which limit was broken. */
export type Overrun = 'output' | 'questions';

/** What may come on top of full output, so that a program whose output was cut can still ask. */
const ON_TOP = LIMITS.chunk / 2;

/** Lets `output` hear chunks until it is closed; calls `onOverrun` when the limits are broken. */
export class OutputLimiter {
  readonly #onOverrun: (of: Overrun) => void;
  #output: ((chunk: Chunk) => void) | null;
  #left = LIMITS.output + ON_TOP;
  #displays = DISPLAY_LIMIT;
  #questions = QUESTION_LIMIT;
  #asking = false;

  constructor(output: (chunk: Chunk) => void, onOverrun: (of: Overrun) => void) {
    this.#output = output;
    this.#onOverrun = onOverrun;
  }

  pass(chunk: Chunk): void {
    this.#left -= chunk.data.length;
    this.#displays -= 'mime' in chunk ? 1 : 0;
    if (this.#left < 0 || this.#displays < 0) {
      this.#end('output');
    } else {
      this.#output?.(chunk);
    }
  }

  /** Ask something by `ask`. What breaks a limit, as a second question at once does, has no answer. */
  async question(
    prompt: string,
    ask: (prompt: string) => Promise<string | null>
  ): Promise<string | null> {
    this.#left -= prompt.length;
    this.#questions -= 1;
    if (this.#left < 0) {
      this.#end('output');
    } else if (this.#questions < 0 || this.#asking) {
      this.#end('questions');
    }
    if (this.#output === null) {
      return new Promise(() => undefined);
    }
    this.#asking = true;
    const text = await ask(prompt);
    this.#asking = false;
    this.#left -= text?.length ?? 0;
    return text;
  }

  close(): void {
    this.#output = null;
  }

  #end(of: Overrun): void {
    this.close();
    this.#onOverrun(of);
  }
}
