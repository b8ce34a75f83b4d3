/** The runners of this browser: each language in a sandbox of its own. */
import type { Runners } from '../core/runner';
import { SandboxRunner } from './sandbox-runner';

/** The runners, and how to end them all and free what they hold. */
export interface SandboxRunners extends Runners {
  dispose(): void;
}

/**
 * Make the runners. `runtimeUrl` is the absolute URL of the directory that the runtime build wrote
 * (the one with `version.json`). Nothing is fetched before a runner's `prepare()` or `run()`.
 */
export function createRunners(options: { runtimeUrl: string }): SandboxRunners {
  const javascript = new SandboxRunner(
    {
      name: 'JavaScript',
      script: 'javascript.js',
      wasm: null,
      files: [],
      snapshot: null,
      spareAfter: 0
    },
    options.runtimeUrl
  );
  const python = new SandboxRunner(
    {
      name: 'Python',
      script: 'python.js',
      wasm: 'pyodide.asm.wasm',
      files: ['python_stdlib.zip', 'pyodide-lock.json'],
      snapshot: 'python.snapshot',
      spareAfter: 1000
    },
    options.runtimeUrl
  );
  return {
    javascript,
    python,
    dispose: () => {
      javascript.dispose();
      python.dispose();
    }
  };
}
