/**
 * The second wall of the sandbox: removes the globals of a worker that reach beyond it.
 *
 * The first wall is the frame's opaque origin with its Content-Security-Policy, which is enough alone.
 * This one is defence in depth: against holes in a browser, and for Python's `import js`.
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

/** Remove everything but `fetch`, which a runtime may need while it starts. */
export function closeWalls(): void {
  for (const name of CLOSED) {
    remove(globalThis, name);
  }
  remove(navigator, 'gpu');
}

/** An error's text, with a hint where a program used a name that is removed. */
export function withHint(error: string): string {
  return error.replace(
    /^(ReferenceError: (\w+) is not )defined/,
    (all, begin: string, name: string) =>
      CLOSED.includes(name)
        ? `${begin}available here: a program reaches nothing beyond its sandbox`
        : all
  );
}

/** Replace `fetch` by one that rejects with a message for people. */
export function closeFetch(): void {
  remove(globalThis, 'fetch');
  Object.defineProperty(globalThis, 'fetch', {
    configurable: true,
    writable: true,
    value: () => Promise.reject(new TypeError('There is no network in the sandbox'))
  });
}

/** Delete a property of an object and of all its prototypes. */
function remove(from: object, name: string): void {
  let owner: object | null = from;
  while (owner !== null) {
    Reflect.deleteProperty(owner, name);
    owner = Reflect.getPrototypeOf(owner);
  }
}
