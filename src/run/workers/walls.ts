/**
 * The second wall of the sandbox: leaves a worker only the globals that a program needs.
 *
 * The first wall is the frame's opaque origin with its Content-Security-Policy, which is enough alone.
 * This one is defence in depth: against holes in a browser, and for Python's `import js`. Browsers
 * get new features each month, so the lists name what stays, and everything else is removed.
 */

/**
 * Names of the language itself, and names that are proposed for it. `ShadowRealm` is not among them:
 * it makes a global object without walls.
 */
const LANGUAGE = names(`
  AggregateError Array ArrayBuffer AsyncContext AsyncDisposableStack AsyncIterator Atomics BigInt
  BigInt64Array BigUint64Array Boolean Composite DataView Date DisposableStack Error EvalError
  FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array
  Int8Array InternalError Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError
  ReferenceError Reflect RegExp Set SharedArrayBuffer String SuppressedError Symbol SyntaxError
  Temporal TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef
  WeakSet WebAssembly decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval globalThis
  isFinite isNaN parseFloat parseInt undefined unescape
`);

const EVENT_TARGET = names('addEventListener constructor dispatchEvent removeEventListener');

/**
 * The globals of a worker. Beside the language, these are the Minimum Common Web API (ECMA-429), which
 * Node and other runtimes have as well, without `fetch`; and names by which a program, as Pyodide,
 * finds out that it is in a worker.
 */
export const GLOBALS: ReadonlySet<string> = new Set([
  ...LANGUAGE,
  ...EVENT_TARGET,
  ...names(`
    AbortController AbortSignal Blob ByteLengthQueuingStrategy CompressionStream
    CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream ErrorEvent Event
    EventTarget File FormData Headers MessageChannel MessageEvent MessagePort Performance
    PromiseRejectionEvent ReadableByteStreamController ReadableStream ReadableStreamBYOBReader
    ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader Request
    Response SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream TransformStream
    TransformStreamDefaultController URL URLPattern URLSearchParams WritableStream
    WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearInterval clearTimeout
    console crypto navigator onerror onrejectionhandled onunhandledrejection performance queueMicrotask
    reportError self setInterval setTimeout structuredClone
  `),
  ...names(`
    DedicatedWorkerGlobalScope WorkerGlobalScope WorkerLocation WorkerNavigator isSecureContext location
    origin
  `)
]);

/** Properties of objects that stay; of `navigator`, those that Node has, without its locks. */
export const PROPERTIES: Readonly<Record<'navigator' | 'performance' | 'crypto', Set<string>>> = {
  navigator: new Set(
    names('constructor hardwareConcurrency language languages platform userAgent')
  ),
  performance: new Set([
    ...EVENT_TARGET,
    ...names(`
      clearMarks clearMeasures getEntries getEntriesByName getEntriesByType mark measure now timeOrigin
      toJSON
    `)
  ]),
  crypto: new Set(names('constructor getRandomValues randomUUID subtle'))
};

/** The names that this browser had. */
const removed = new Set<string>();

/** Remove everything that is not listed, and make `fetch` reject with a message for people. */
export function closeWalls(): void {
  keepOnly(globalThis, GLOBALS);
  keepOnly(navigator, PROPERTIES.navigator);
  keepOnly(performance, PROPERTIES.performance);
  keepOnly(crypto, PROPERTIES.crypto);
  Object.defineProperty(globalThis, 'fetch', {
    configurable: true,
    writable: true,
    value: () => Promise.reject(new TypeError('There is no network in the sandbox'))
  });
}

/** An error's text, with a hint where a program used a name that is removed. */
export function withHint(error: string): string {
  return error.replace(
    /^(ReferenceError: (\w+) is not )defined/,
    (all, begin: string, name: string) =>
      removed.has(name)
        ? `${begin}available here: a program reaches nothing beyond its sandbox`
        : all
  );
}

/** Delete all other properties of an object and of its prototypes, except those of every object. */
function keepOnly(object: object, kept: ReadonlySet<string>): void {
  let owner: object | null = object;
  while (owner !== null && owner !== Object.prototype) {
    for (const key of Reflect.ownKeys(owner)) {
      if (typeof key === 'string' && !kept.has(key) && Reflect.deleteProperty(owner, key)) {
        removed.add(key);
      }
    }
    owner = Reflect.getPrototypeOf(owner);
  }
}

function names(text: string): string[] {
  return text.trim().split(/\s+/);
}
