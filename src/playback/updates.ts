/**
 * Reads the insertions and deletions of a Yjs update (version 1): clients, clocks and lengths. The
 * bytes of its structs are copied unchanged, for Yjs to order. As on the server
 * (`arena_ext/crdt/updates.py`), content that a plain text cannot have is refused.
 */
import * as decoding from 'lib0/decoding';
import { Damaged } from './damaged';

/** Item kinds, the low five bits of a struct's first byte. */
const DELETED = 1;
const STRING = 4;
const ORIGIN = 0x80;
const RIGHT_ORIGIN = 0x40;
const PARENT_SUB = 0x20;
const KIND = 0x1f;
const MAX_CLOCK = 2 ** 31 - 1;

/** Successive inserted units; `shown` of its `length` are text, the others were deleted before. */
interface Insertion {
  clock: number;
  length: number;
  shown: number;
}

/** Structs of one client with no gap between them, and their bytes. */
export interface Block {
  client: number;
  clock: number;
  end: number;
  structs: Insertion[];
  bytes: Uint8Array;
}

export interface Deletion {
  client: number;
  clock: number;
  length: number;
}

interface ReadUpdate {
  blocks: Block[];
  deletions: Deletion[];
}

/** Read one update; raises `Damaged`. */
export function readUpdate(update: Uint8Array): ReadUpdate {
  try {
    const decoder = decoding.createDecoder(update);
    const blocks: Block[] = [];
    for (let left = count(decoder); left > 0; left--) blocks.push(readBlock(decoder));
    const deletions: Deletion[] = [];
    for (let left = count(decoder); left > 0; left--) {
      const client = decoding.readVarUint(decoder);
      for (let more = count(decoder); more > 0; more--) {
        const clock = decoding.readVarUint(decoder);
        const length = decoding.readVarUint(decoder);
        if (clock + length > MAX_CLOCK) throw new Damaged('An edit deletes out of range.');
        deletions.push({ client, clock, length });
      }
    }
    return { blocks, deletions };
  } catch (error) {
    if (error instanceof Damaged) throw error;
    throw new Damaged('An edit is cut off.', { cause: error });
  }
}

function readBlock(decoder: decoding.Decoder): Block {
  const structs: Insertion[] = [];
  let left = count(decoder);
  const client = decoding.readVarUint(decoder);
  const first = decoding.readVarUint(decoder);
  const start = decoder.pos;
  let clock = first;
  for (; left > 0; left--) {
    const struct = readStruct(decoder, clock);
    clock += struct.length;
    if (struct.length === 0 || clock > MAX_CLOCK) {
      throw new Damaged('An edit inserts out of range.');
    }
    structs.push(struct);
  }
  return {
    client,
    clock: first,
    end: clock,
    structs,
    bytes: decoder.arr.subarray(start, decoder.pos)
  };
}

function readStruct(decoder: decoding.Decoder, clock: number): Insertion {
  const info = decoding.readUint8(decoder);
  if (info & ORIGIN) skipId(decoder);
  if (info & RIGHT_ORIGIN) skipId(decoder);
  if (info & PARENT_SUB) throw new Damaged('An edit is not one of text.');
  if ((info & (ORIGIN | RIGHT_ORIGIN)) === 0) {
    if (decoding.readVarUint(decoder) !== 1) throw new Damaged('An edit is not one of text.');
    skipString(decoder);
  }
  switch (info & KIND) {
    case STRING: {
      const length = skipString(decoder);
      return { clock, length, shown: length };
    }
    case DELETED:
      return { clock, length: decoding.readVarUint(decoder), shown: 0 };
    default:
      throw new Damaged('An edit is not one of text.');
  }
}

function skipId(decoder: decoding.Decoder): void {
  decoding.readVarUint(decoder);
  decoding.readVarUint(decoder);
}

/** Skip a string; returns its length in UTF-16 units. */
function skipString(decoder: decoding.Decoder): number {
  const bytes = decoding.readVarUint(decoder);
  const end = decoder.pos + bytes;
  if (end > decoder.arr.length) throw new Damaged('An edit is cut off.');
  let units = 0;
  for (let at = decoder.pos; at < end; at++) {
    const byte = decoder.arr[at] ?? 0;
    // Each character has one byte that is no continuation; beyond the first plane it has two units.
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  decoder.pos = end;
  return units;
}

/** A count of items; each takes a byte or more. */
function count(decoder: decoding.Decoder): number {
  const found = decoding.readVarUint(decoder);
  if (found > decoder.arr.length) throw new Damaged('An edit counts more than it has.');
  return found;
}
