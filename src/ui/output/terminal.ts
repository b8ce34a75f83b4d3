/**
 * Draws the text of a run as a terminal does: a carriage return goes to the start of the line, a
 * backspace one character back, and text overwrites what is there. Escape sequences (ECMA-48) are
 * removed; those that erase the line or its rest are obeyed, and colours are not shown. The result is never
 * longer than the text, and takes time in proportion to it.
 */
import type { Chunk, Stream } from '../../protocol/wire';

/** Text as it is, or a control. A sequence that its chunk does not end is removed as far as it goes. */
const TOKEN =
  /[^\n\r\b\x1b]+|\n|\r|\x08|\x1b(?:\[[\x30-\x3f]*[\x20-\x2f]*(?:[\x40-\x7e]|$)|[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\|$)|[\x20-\x2f]*(?:[\x30-\x7e]|$)|)/gu;

const CONTROL = /[\r\b\x1b]/;

/** Characters of text that are drawn. A longer one is shown as it is: each piece of output draws all again. */
const LONGEST = 128 * 1024;

/** `chunks` as they are drawn; the same array where nothing in them needs that. */
export function drawn(chunks: readonly Chunk[]): readonly Chunk[] {
  const length = chunks.reduce((sum, each) => sum + ('stream' in each ? each.data.length : 0), 0);
  if (length > LONGEST || !chunks.some(each => 'stream' in each && CONTROL.test(each.data))) {
    return chunks;
  }
  const line = new Line();
  for (const chunk of chunks) {
    if (!('stream' in chunk)) {
      line.add(chunk);
      continue;
    }
    for (const [token] of chunk.data.matchAll(TOKEN)) {
      line.take(chunk.stream, token);
    }
  }
  return line.done();
}

/** The last line, and the chunks before it. */
class Line {
  readonly #done: Chunk[] = [];
  /** The characters of the line and their streams. */
  #characters: string[] = [];
  #streams: Stream[] = [];
  #column = 0;

  take(stream: Stream, token: string): void {
    if (token === '\n') {
      this.#end();
      this.#append(stream, '\n');
    } else if (token === '\r') {
      this.#column = 0;
    } else if (token === '\b') {
      this.#column = Math.max(0, this.#column - 1);
    } else if (token.startsWith('\x1b')) {
      this.#obey(token);
    } else {
      for (const character of token) {
        this.#characters[this.#column] = character;
        this.#streams[this.#column] = stream;
        this.#column += 1;
      }
    }
  }

  /** Add a value, which ends the line. */
  add(value: Chunk): void {
    this.#end();
    this.#done.push(value);
  }

  done(): Chunk[] {
    this.#end();
    return this.#done;
  }

  #obey(sequence: string): void {
    if (sequence === '\x1b[2K') {
      // The next text is at the start: programs erase a line to write it anew.
      this.#column = 0;
    }
    if (/^\x1b\[[02]?K$/.test(sequence)) {
      this.#characters.length = this.#streams.length = this.#column;
    }
  }

  #end(): void {
    this.#characters.forEach((character, at) => {
      this.#append(this.#streams[at] ?? 'stdout', character);
    });
    this.#characters = [];
    this.#streams = [];
    this.#column = 0;
  }

  #append(stream: Stream, text: string): void {
    const last = this.#done.at(-1);
    if (last !== undefined && 'stream' in last && last.stream === stream) {
      last.data += text;
    } else {
      this.#done.push({ stream, data: text });
    }
  }
}
