/** Assets of the runtime: finds the current build, and fetches its files with their progress. */

/** `<base>/version.json`: the place of the current build, and the sizes of its files. */
interface RuntimeVersion {
  /** Absolute URL of the build's directory, with a slash at its end. */
  url: string;
  /** Bytes of each file, plain and as it is stored. */
  assets: Readonly<Record<string, { size: number; gzip: number }>>;
}

/** Find the current build below `base`; raises `Error` where there is none. */
export async function findRuntime(base: string): Promise<RuntimeVersion> {
  const root = base.endsWith('/') ? base : `${base}/`;
  // The directories are immutable and may be cached for ever. This file names the current one.
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
 * Fetch files of the runtime, un-gzipped, by name: one after another, so that on a slow line the room,
 * and the runtime of another language, have half of it. `onProgress` is called with the share of all
 * bytes that has arrived, 0 to 1, and the number of all bytes. A file that cannot be fetched rejects
 * with `Error`.
 */
export function fetchAssets(
  runtime: RuntimeVersion,
  names: readonly string[],
  onProgress: (share: number, total: number) => void
): Record<string, Promise<ArrayBuffer>> {
  // Bytes are counted as they are stored, gzipped. Un-gzipped bytes are scaled to that.
  const sizes = new Map(names.map(name => [name, runtime.assets[name] ?? { size: 1, gzip: 1 }]));
  const total = [...sizes.values()].reduce((sum, { gzip }) => sum + gzip, 0);
  const arrived = new Map<string, number>();
  let before: Promise<unknown> = Promise.resolve();
  return Object.fromEntries(
    [...sizes].map(([name, { size, gzip }]) => {
      const fetching = (): Promise<ArrayBuffer> =>
        fetchAsset(`${runtime.url}${name}.gz`, (count, compressed) => {
          arrived.set(name, compressed ? count : (count * gzip) / size);
          const sum = [...arrived.values()].reduce((all, part) => all + part, 0);
          onProgress(Math.min(1, sum / total), total);
        });
      const bytes = before.then(fetching);
      // The caller awaits it later. After a failure the next file is fetched all the same.
      before = bytes.catch(() => undefined);
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
    // Some hosts send these files with `Content-Encoding: gzip`, so that the browser has already
    // un-gzipped them. Only the bytes themselves show that.
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
