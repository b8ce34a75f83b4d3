/**
 * The second wall: takes out of a worker's global scope what reaches beyond it.
 *
 * The first wall is the frame's opaque origin and its Content-Security-Policy, and it holds alone.
 * This one is there so that a hole in a browser is not at once a hole in the interview, and so that
 * Python's `import js` finds nothing worth having.
 */

const CLOSED: readonly string[] = [
  'BroadcastChannel',
  'EventSource',
  'FontFace',
  'Notification',
  'OffscreenCanvas',
  'SharedWorker',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'Worker',
  'XMLHttpRequest',
  'caches',
  'close',
  'cookieStore',
  'fonts',
  'importScripts',
  'indexedDB',
  'postMessage',
  'requestFileSystem',
  'requestFileSystemSync',
  'webkitRequestFileSystem',
  'webkitRequestFileSystemSync',
  'webkitResolveLocalFileSystemSyncURL',
  'webkitResolveLocalFileSystemURL'
];

/** Close everything but `fetch`, which a runtime may still need while it starts. */
export function closeWalls(): void {
  for (const name of CLOSED) {
    remove(globalThis, name);
  }
  remove(navigator, 'gpu');
}

/** An error's text; where a program wanted what is closed, it says so. */
export function withHint(error: string): string {
  return error.replace(
    /^(ReferenceError: (\w+) is not )defined/,
    (all, begin: string, name: string) =>
      CLOSED.includes(name)
        ? `${begin}available here: a program reaches nothing beyond its sandbox`
        : all
  );
}

/** Close `fetch` too: it stays, to say in words that there is no network. */
export function closeFetch(): void {
  remove(globalThis, 'fetch');
  Object.defineProperty(globalThis, 'fetch', {
    configurable: true,
    writable: true,
    value: () => Promise.reject(new TypeError('There is no network in the sandbox'))
  });
}

/** Delete a property of an object, and from every prototype that offers it. */
function remove(from: object, name: string): void {
  let owner: object | null = from;
  while (owner !== null) {
    Reflect.deleteProperty(owner, name);
    owner = Reflect.getPrototypeOf(owner);
  }
}
