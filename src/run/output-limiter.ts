/**
 * Output limiter: passes on the output and the questions of a run, within its limits. The worker's own
 * code keeps to the limits. Where they are broken, a program has replaced that code, and its run must
 * be ended.
 */
import type { Chunk } from '../protocol/wire';
import { LIMITS } from '../protocol/wire';
import { OutputCount, answered, asked } from '../session/run-output';
import { DISPLAY_LIMIT, QUESTION_LIMIT } from './messages';

/** The limit that was broken. */
export type Overrun = 'output' | 'questions';

/** Units beyond the limit of output, so that a program whose output was cut can still ask. */
const QUESTION_ROOM = LIMITS.chunk / 2;

/** Calls `output` with chunks until it is closed, and `onOverrun` when a limit is broken. */
export class OutputLimiter {
  readonly #onOverrun: (of: Overrun) => void;
  #output: ((chunk: Chunk) => void) | null;
  readonly #count = new OutputCount(LIMITS.output + QUESTION_ROOM);
  #displays = DISPLAY_LIMIT;
  #questions = QUESTION_LIMIT;
  #asking = false;

  constructor(output: (chunk: Chunk) => void, onOverrun: (of: Overrun) => void) {
    this.#output = output;
    this.#onOverrun = onOverrun;
  }

  pass(chunk: Chunk): void {
    this.#count.add(chunk);
    this.#displays -= 'mime' in chunk ? 1 : 0;
    if (this.#count.exceeded || this.#displays < 0) {
      this.#end('output');
    } else {
      this.#output?.(chunk);
    }
  }

  /** Ask by `ask`. A question that breaks a limit, as a second one at a time, gets no answer. */
  async question(
    prompt: string,
    ask: (prompt: string) => Promise<string | null>
  ): Promise<string | null> {
    this.#count.add(...asked(prompt));
    this.#questions -= 1;
    if (this.#count.exceeded) {
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
    this.#count.add(...answered(text));
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
