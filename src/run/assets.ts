/** Brings the runtime's files to the page: which version there is, their bytes, how far along. */

/** The page of `<base>/version.json`: where the current build is, and how big its files are. */
export interface RuntimeVersion {
  /** Absolute URL of the build's directory, with a slash at its end. */
  url: string;
  /** Bytes of each file, plain and as it is stored. */
  assets: Readonly<Record<string, { size: number; gzip: number }>>;
}

/** Find the current build below `base`; raises `Error` when there is none. */
export async function findRuntime(base: string): Promise<RuntimeVersion> {
  const root = base.endsWith('/') ? base : `${base}/`;
  // The directories are immutable and may be cached for ever; this one file says which is current.
  const response = await fetch(`${root}version.json`, { cache: 'no-store' });
  if (!response.ok) {
    throw new Error(`The language runtimes are missing (${response.status} for version.json)`);
  }
  const { directory, assets } = (await response.json()) as {
    directory: string;
    assets: RuntimeVersion['assets'];
  };
  return { url: `${root}${directory}/`, assets };
}

/**
 * Fetch files of the runtime, un-gzipped, by name. `onProgress` hears the share of all bytes that
 * has arrived, 0 to 1. A file that cannot be had rejects with `Error`.
 */
export function fetchAssets(
  runtime: RuntimeVersion,
  names: readonly string[],
  onProgress: (share: number) => void
): Record<string, Promise<ArrayBuffer>> {
  // Everything is counted as it is stored; what a host un-gzips on the way is scaled to that.
  const sizes = new Map(names.map(name => [name, runtime.assets[name] ?? { size: 1, gzip: 1 }]));
  const total = [...sizes.values()].reduce((sum, { gzip }) => sum + gzip, 0);
  const arrived = new Map<string, number>();
  return Object.fromEntries(
    [...sizes].map(([name, { size, gzip }]) => {
      const bytes = fetchAsset(`${runtime.url}${name}.gz`, (count, compressed) => {
        arrived.set(name, compressed ? count : (count * gzip) / size);
        onProgress(Math.min(1, [...arrived.values()].reduce((sum, part) => sum + part, 0) / total));
      });
      bytes.catch(() => undefined); // until it is asked for
      return [name, bytes];
    })
  );
}

async function fetchAsset(
  url: string,
  onBytes: (bytes: number, compressed: boolean) => void
): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`${url.slice(url.lastIndexOf('/') + 1)} could not be loaded`);
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body.getReader();
  let bytes = 0;
  let compressed = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    // Some hosts send these files with `Content-Encoding: gzip`, and the browser has then already
    // un-gzipped them: only the bytes themselves tell.
    compressed = bytes === 0 ? isGzip(value) : compressed;
    bytes += value.length;
    parts.push(value);
    onBytes(bytes, compressed);
  }
  const whole = new Blob(parts);
  return compressed
    ? new Response(whole.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()
    : whole.arrayBuffer();
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
