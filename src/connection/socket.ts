/** The part of a WebSocket that a connection uses, so that a socket over HTTP can take its place. */
export interface SocketLike {
  binaryType: BinaryType;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** The constructor of a socket: `WebSocket`, or a test's. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;
