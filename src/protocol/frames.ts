/** Binary frames: sync messages and presence, in the encoding of lib0 and y-protocols, with bounds. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { FRAME, SYNC } from './wire';
import type { DocumentName } from './wire';

export { SYNC };

/** A frame, a presence update or an event that breaks the protocol. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** The content of a binary frame. */
type BinaryMessage =
  | { kind: 'sync'; document: DocumentName; message: Uint8Array }
  | { kind: 'presence'; update: Uint8Array };

/**
 * A sync message. Its `body` is a state vector for `step1`, and an update for `step2` and `update`. For
 * `check` it is the fingerprint of the document from the server, and our state vector from us.
 */
export interface SyncMessage {
  type: (typeof SYNC)[keyof typeof SYNC];
  body: Uint8Array;
}

/**
 * Largest frame that a client takes, bytes: the state of a full, much-edited document fits, and the
 * server queues far less for one connection.
 */
const MAX_INCOMING = 16 * 1024 * 1024;

/** The bytes of `message` on the wire. */
export function encodeFrame(message: BinaryMessage): Uint8Array {
  const encoder = encoding.createEncoder();
  if (message.kind === 'presence') {
    encoding.writeVarUint(encoder, FRAME.awareness);
    encoding.writeVarUint8Array(encoder, message.update);
  } else {
    if (message.document === 'pad') {
      encoding.writeVarUint(encoder, FRAME.sync);
    } else {
      encoding.writeVarUint(encoder, FRAME.document);
      encoding.writeVarString(encoder, message.document);
    }
    encoding.writeUint8Array(encoder, message.message);
  }
  return encoding.toUint8Array(encoder);
}

/** The message in one binary frame; raises `FrameError` for any other bytes. */
export function decodeFrame(frame: Uint8Array): BinaryMessage {
  if (frame.length > MAX_INCOMING) {
    throw new FrameError(`a frame of ${frame.length} bytes is too large`);
  }
  return decoded(frame, decoder => {
    const type = decoding.readVarUint(decoder);
    if (type === FRAME.awareness) {
      return { kind: 'presence', update: decoding.readVarUint8Array(decoder) };
    }
    if (type !== FRAME.sync && type !== FRAME.document) {
      throw new FrameError(`there is no frame type ${type}`);
    }
    const document = type === FRAME.sync ? 'pad' : decoding.readVarString(decoder);
    if (document !== 'pad' && document !== 'notes') {
      throw new FrameError('there is no such document');
    }
    const message = decoding.readTailAsUint8Array(decoder);
    decodeSync(message);
    return { kind: 'sync', document, message };
  });
}

/** The bytes of a sync message, without a frame around them. */
export function encodeSync({ type, body }: SyncMessage): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type);
  encoding.writeVarUint8Array(encoder, body);
  return encoding.toUint8Array(encoder);
}

/** The inverse of `encodeSync`; raises `FrameError`. */
export function decodeSync(message: Uint8Array): SyncMessage {
  return decoded(message, decoder => {
    const type = decoding.readVarUint(decoder);
    if (!isSync(type)) throw new FrameError(`there is no sync message ${type}`);
    return { type, body: decoding.readVarUint8Array(decoder) };
  });
}

function isSync(type: number): type is SyncMessage['type'] {
  return Object.values<number>(SYNC).includes(type);
}

/** Decode all of `bytes` with `read`; raises `FrameError` where lib0 fails, or bytes are left. */
export function decoded<T>(bytes: Uint8Array, read: (decoder: decoding.Decoder) => T): T {
  const decoder = decoding.createDecoder(bytes);
  let value: T;
  try {
    value = read(decoder);
  } catch (error) {
    if (error instanceof FrameError) throw error;
    throw new FrameError('a frame that cannot be read', { cause: error });
  }
  if (decoding.hasContent(decoder)) throw new FrameError('bytes are left over');
  return value;
}
