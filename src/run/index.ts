/** The runners of this browser: each language in a sandbox of its own. */
import { runnersBy } from '../client/runner';
import type { Runners } from '../client/runner';
import { sandboxLanguage } from './languages';
import { Packages } from './packages';
import { SandboxRunner } from './sandbox-runner';

/** The runners, and how to end them all and free what they hold. */
export interface SandboxRunners extends Runners {
  dispose(): void;
}

/**
 * Make the runners. `runtimeUrl` is the absolute URL of the directory that the runtime build wrote
 * (the one with `version.json`); `packagesUrl` of one with packages for Python, by default the
 * directory `packages/` beside that file. Nothing is fetched before a runner's `prepare()` or
 * `run()`.
 */
export function createRunners(options: {
  runtimeUrl: string;
  packagesUrl?: string;
}): SandboxRunners {
  const { packagesUrl = '' } = options;
  const directory = (packagesUrl === '' ? 'packages' : packagesUrl).replace(/\/*$/, '/');
  const packages = new Packages(new URL(directory, options.runtimeUrl));
  const runners = runnersBy(
    language => new SandboxRunner(sandboxLanguage(language), options.runtimeUrl, packages)
  );
  return {
    ...runners,
    dispose: () => {
      for (const runner of Object.values(runners)) {
        runner.dispose();
      }
    }
  };
}
