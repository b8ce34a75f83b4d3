/** The size of a picture by its header: a few bytes can hold more pixels than a page has memory for. */

/** The pixels of a PNG or JPEG in Base64; infinite if its header cannot be read. */
export function pixelsOf(base64: string): number {
  try {
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return view.getUint32(0) === 0x89504e47 ? pixelsOfPng(view) : pixelsOfJpeg(view);
  } catch {
    return Infinity;
  }
}

/** PNG specification (third edition), 11.2.1: the first chunk has the width and the height. */
function pixelsOfPng(view: DataView): number {
  return view.getUint32(16) * view.getUint32(20);
}

/** ITU-T T.81, annex B: segments of a marker and a length, until the header of the frame. */
function pixelsOfJpeg(view: DataView): number {
  let at = 2;
  while (!isFrameHeader(view.getUint16(at))) {
    at += 2 + view.getUint16(at + 2);
  }
  return view.getUint16(at + 5) * view.getUint16(at + 7);
}

/** The markers SOF0 to SOF15, without those of tables (DHT, JPG, DAC). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
}
