/**
 * History of a text: every unit that was ever in it, in order, with the entries that inserted and
 * deleted it.
 *
 * The order of units in a Yjs text never changes, so the text after any entry is a selection of these
 * units: seeking needs no replay. Deletions do not move units either; Yjs is needed only for the
 * order of the inserted units.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { countUpTo } from './binary-search';
import { Damaged } from './damaged';
import { readUpdate } from './updates';
import type { Block } from './updates';

/** The entry that deleted a unit which is still there. */
export const NEVER = 2 ** 31 - 1;

/** One text of a document. The arrays have an item for each unit that was ever in it, in order. */
export interface TextHistory {
  /** The text's root in the document. */
  root: string;
  units: Uint16Array;
  /** The entry that inserted the unit. */
  born: Int32Array;
  /** The entry that deleted the unit, or `NEVER`. */
  died: Int32Array;
}

/** Units of one client that one entry inserted; `place` counts only units with text. */
interface Run {
  clock: number;
  shown: number;
  place: number;
  seq: number;
}

/** The units of one Yjs client. */
interface Writer {
  end: number;
  runs: Run[];
  /** Units with text so far. */
  shown: number;
  /** The place of its first unit among those of all clients; known at the end. */
  base: number;
  structs: number;
  bytes: encoding.Encoder;
}

/** Takes a document's edits in order, and builds the histories of its texts. */
export class HistoryBuilder {
  readonly #writers = new Map<number, Writer>();
  /** Four numbers each: seq, client, clock, length. */
  readonly #deletions: number[] = [];

  /** Take the edit of entry `seq`; the bytes of `update` are copied. Raises `Damaged`. */
  add(seq: number, update: Uint8Array): void {
    let read = readUpdate(update);
    if (read.blocks.some(block => block.clock < (this.#writers.get(block.client)?.end ?? 0))) {
      // Sent again after a lost connection, in part or as a whole: only new units count.
      const known = new Map([...this.#writers].map(([client, { end }]) => [client, end]));
      read = readUpdate(Y.diffUpdate(update, Y.encodeStateVector(known)));
    }
    for (const block of read.blocks) this.#insert(seq, block);
    for (const { client, clock, length } of read.deletions) {
      this.#deletions.push(seq, client, clock, length);
    }
  }

  /** The histories of all texts that were ever written to; raises `Damaged`. */
  build(): TextHistory[] {
    let total = 0;
    for (const writer of this.#writers.values()) {
      writer.base = total;
      total += writer.shown;
    }
    const born = this.#births(total);
    const died = this.#deaths(total);
    const doc = new Y.Doc({ gc: false });
    doc.transact(transaction => {
      Y.applyUpdate(doc, this.#insertions());
      // Mark everything as old: Yjs would merge new neighbours, which for a long recording takes
      // longer than all the rest, for a document that is thrown away.
      for (const [client, { end }] of this.#writers) transaction.beforeState.set(client, end);
    });
    if (doc.store.pendingStructs !== null) {
      throw new Damaged('The recording is incomplete: an edit builds on text that is not in it.');
    }
    const histories = [...doc.share.keys()].map(root =>
      this.#walk(doc.getText(root), root, born, died)
    );
    doc.destroy();
    return histories;
  }

  #insert(seq: number, block: Block): void {
    let writer = this.#writers.get(block.client);
    if (!writer) {
      writer = { end: 0, runs: [], shown: 0, base: 0, structs: 0, bytes: encoding.createEncoder() };
      this.#writers.set(block.client, writer);
    }
    if (block.clock !== writer.end) {
      throw new Damaged(`Entry ${seq} builds on typing that is not in the recording.`);
    }
    for (const { clock, shown } of block.structs) {
      writer.runs.push({ clock, shown, place: writer.shown, seq });
      writer.shown += shown;
    }
    writer.end = block.end;
    writer.structs += block.structs.length;
    encoding.writeUint8Array(writer.bytes, block.bytes);
  }

  /** One update with all insertions, and without deletions. */
  #insertions(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#writers.size);
    for (const [client, writer] of this.#writers) {
      encoding.writeVarUint(encoder, writer.structs);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, 0);
      encoding.writeUint8Array(encoder, encoding.toUint8Array(writer.bytes));
    }
    encoding.writeVarUint(encoder, 0);
    return encoding.toUint8Array(encoder);
  }

  #births(total: number): Int32Array {
    const born = new Int32Array(total);
    for (const { base, runs } of this.#writers.values()) {
      for (const { place, shown, seq } of runs) born.fill(seq, base + place, base + place + shown);
    }
    return born;
  }

  #deaths(total: number): Int32Array {
    const died = new Int32Array(total).fill(NEVER);
    // Union-find with path halving: from each unit to the next that is not deleted.
    const next = Int32Array.from({ length: total + 1 }, (_, place) => place);
    const alive = (place: number): number => {
      let found = place;
      while (next[found] !== found) {
        next[found] = next[next[found] ?? found] ?? found;
        found = next[found] ?? found;
      }
      return found;
    };
    for (let at = 0; at < this.#deletions.length; at += 4) {
      const seq = this.#deletions[at] ?? 0;
      const writer = this.#writers.get(this.#deletions[at + 1] ?? 0);
      const clock = this.#deletions[at + 2] ?? 0;
      if (!writer) continue;
      const end = placeOf(writer, clock + (this.#deletions[at + 3] ?? 0));
      for (let place = alive(placeOf(writer, clock)); place < end; place = alive(place)) {
        died[place] = seq;
        next[place] = place + 1;
      }
    }
    return died;
  }

  /** The units of `text` in order, without those that were inserted as deleted. */
  #walk(text: Y.Text, root: string, born: Int32Array, died: Int32Array): TextHistory {
    let total = 0;
    for (let item = text._start; item !== null; item = item.right) {
      if (item.content instanceof Y.ContentString) total += item.length;
    }
    const history = {
      root,
      units: new Uint16Array(total),
      born: new Int32Array(total),
      died: new Int32Array(total)
    };
    let length = 0;
    for (let item = text._start; item !== null; item = item.right) {
      if (!(item.content instanceof Y.ContentString)) continue;
      const { str } = item.content;
      const writer = this.#writers.get(item.id.client);
      if (!writer) throw new Damaged('The recording has text that nobody wrote.');
      // Successive units with text have successive places.
      const first = placeOf(writer, item.id.clock);
      for (let at = 0; at < str.length; at++) {
        history.units[length] = str.charCodeAt(at);
        history.born[length] = born[first + at] ?? 0;
        history.died[length] = died[first + at] ?? 0;
        length++;
      }
    }
    return history;
  }
}

/** The place, among all units with text, of a writer's unit at `clock` or of the next after it. */
function placeOf(writer: Writer, clock: number): number {
  const { runs, base } = writer;
  const run = runs[countUpTo(runs, clock, each => each.clock) - 1];
  return run ? base + run.place + Math.min(clock - run.clock, run.shown) : base;
}
