/**
 * Splits a Yjs update that is larger than a frame (a big paste, a long time offline) into several
 * that fit. Format: Yjs updates, version 1.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { LIMITS } from '../protocol/wire';

/** Text of one piece, UTF-16 units: at three bytes a unit, and with its structs, it fits a frame. */
const PIECE = 64 * 1024;
/** Structs of one piece: each takes at most about 50 bytes beside its text. */
const STRUCTS = 1024;
/** Updates up to this many bytes are not split; the rest of the frame is for the envelope. */
const WHOLE = LIMITS.frame - 1024;

/** Length of an empty update, which is two zeros, bytes. */
const EMPTY = 2;

type Struct = Y.Item | Y.GC | Y.Skip;

/** `update` in pieces that each fit a frame and depend only on earlier pieces, deletions last. */
export function splitUpdate(update: Uint8Array): Uint8Array[] {
  if (update.length <= WHOLE) return [update];
  const structs = inOrder(Y.decodeUpdate(update).structs);
  const pieces: Uint8Array[] = [];
  const end = new Map<number, number>();
  let piece: Struct[] = [];
  let size = 0;
  const close = (): void => {
    if (piece.length > 0) pieces.push(encodeStructs(piece));
    piece = [];
    size = 0;
  };
  for (const whole of structs) {
    end.set(whole.id.client, whole.id.clock + whole.length);
    for (const struct of cut(whole)) {
      const last = piece.at(-1);
      const continues = last?.id.client === struct.id.client;
      if (!continues || piece.length === STRUCTS || size + textLength(struct) > PIECE) close();
      piece.push(struct);
      size += textLength(struct);
    }
  }
  close();
  // The difference to a document that has all structs of the update: the deletions.
  const deletions = Y.diffUpdate(update, Y.encodeStateVector(end));
  return deletions.length > EMPTY ? [...pieces, deletions] : pieces;
}

/**
 * `structs` in an order in which each comes after its neighbours: an update lists one client after
 * the other, and a person who wrote in several pages has several clients.
 */
function inOrder(structs: readonly Struct[]): Struct[] {
  const waiting = new Map<number, Struct[]>();
  for (const struct of structs) {
    const own = waiting.get(struct.id.client);
    if (own) own.push(struct);
    else waiting.set(struct.id.client, [struct]);
  }
  /** Whether `at` is in the update, and not in `ordered` yet. */
  const due = (at: Y.ID | null): boolean => {
    const first = at && waiting.get(at.client)?.[0];
    return first ? at.clock >= first.id.clock : false;
  };
  const ordered: Struct[] = [];
  while (ordered.length < structs.length) {
    const before = ordered.length;
    for (const [client, own] of waiting) {
      const blocked = own.findIndex(
        each =>
          each instanceof Y.Item &&
          [each.origin, each.rightOrigin].some(at => at?.client !== client && due(at))
      );
      ordered.push(...own.splice(0, blocked === -1 ? own.length : blocked));
    }
    // A circle is no text of ours, and the server will refuse it.
    if (ordered.length === before) return [...structs];
  }
  return ordered;
}

/** `struct` as structs of at most `PIECE` units each, without splitting a character. */
function* cut(struct: Struct): Generator<Struct> {
  let rest = struct;
  while (rest instanceof Y.Item && textLength(rest) > PIECE) {
    const { id, content } = rest;
    const length = endsInPair(rest) ? PIECE - 1 : PIECE;
    const right = content.splice(length);
    yield rest;
    const next = Y.createID(id.client, id.clock + length);
    const last = Y.createID(id.client, id.clock + length - 1);
    const { rightOrigin, parent, parentSub } = rest;
    rest = new Y.Item(next, null, last, null, rightOrigin, parent, parentSub, right);
  }
  yield rest;
}

function endsInPair({ content }: Y.Item): boolean {
  if (!(content instanceof Y.ContentString)) return false;
  const unit = content.str.charCodeAt(PIECE - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function textLength(struct: Struct): number {
  const content = struct instanceof Y.Item ? struct.content : null;
  return content instanceof Y.ContentString ? content.str.length : 0;
}

/** An update of consecutive structs of one client, and no deletions. */
function encodeStructs(structs: readonly Struct[]): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const [first] = structs;
  if (first) {
    encoding.writeVarUint(encoder.restEncoder, 1);
    encoding.writeVarUint(encoder.restEncoder, structs.length);
    encoder.writeClient(first.id.client);
    encoding.writeVarUint(encoder.restEncoder, first.id.clock);
    for (const struct of structs) struct.write(encoder, 0);
  }
  encoding.writeVarUint(encoder.restEncoder, 0);
  return encoder.toUint8Array();
}
