/** Workers that the runtime build wrote beside the language runtimes. */

/** Start the worker `name` of the build below `runtimeUrl`. Raises `Error` where there is none. */
export async function startRuntimeWorker(
  runtimeUrl: string,
  name: 'playback' | 'markup'
): Promise<Worker> {
  const response = await fetch(`${runtimeUrl}version.json`, { cache: 'no-store' });
  const version = (response.ok ? await response.json() : {}) as Partial<Record<string, unknown>>;
  const script = version[name];
  if (typeof script !== 'string') throw new Error(`The ${name} worker is missing on this server.`);
  return new Worker(new URL(script, runtimeUrl));
}
