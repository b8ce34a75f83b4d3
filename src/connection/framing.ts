/** WebSocket framing (RFC 6455) of a client: messages to bytes, and the server's bytes to messages. */

export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A whole message, or a control frame. */
interface Frame {
  opcode: number;
  payload: Uint8Array<ArrayBuffer>;
}

/** The bits of a frame's first two bytes: the last frame of a message, and a masked payload. */
const FIN = 0x80;
const MASKED = 0x80;
/** The lengths that say that the length follows in two or in eight bytes. */
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
/**
 * Bytes of the key of a mask. It is zero: masks protect caches that take frames for HTTP, and these
 * frames travel in the bodies of requests.
 */
const KEY = 4;

/** The longest head of a frame, bytes. */
export const MAX_HEAD = 14;

/** A message or a control frame, as one frame of a client. */
export function encodeClientFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const short = length < TWO_BYTES;
  const extra = short ? 0 : length < 2 ** 16 ? 2 : 8;
  const bytes = new Uint8Array(2 + extra + KEY + length);
  const view = new DataView(bytes.buffer);
  bytes[0] = FIN | opcode;
  bytes[1] = MASKED | (short ? length : extra === 2 ? TWO_BYTES : EIGHT_BYTES);
  if (extra === 2) view.setUint16(2, length);
  if (extra === 8) view.setBigUint64(2, BigInt(length));
  bytes.set(payload, 2 + extra + KEY);
  return bytes;
}

/** The whole frames of a server in `bytes`; raises `RangeError` where the last one is cut off. */
export function decodeServerFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const opcode = view.getUint8(at) & 0x0f;
    let length = view.getUint8(at + 1);
    let start = at + 2;
    if (length === TWO_BYTES) {
      length = view.getUint16(start);
      start += 2;
    } else if (length === EIGHT_BYTES) {
      length = Number(view.getBigUint64(start));
      start += 8;
    }
    at = start + length;
    if (at > bytes.length) throw new RangeError('a frame is cut off');
    frames.push({ opcode, payload: bytes.slice(start, at) });
  }
  return frames;
}
