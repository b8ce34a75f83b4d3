/** The runners of this browser: one sandbox for each language. */
import { runnersBy } from '../client/runner';
import type { Runners } from '../client/runner';
import { sandboxLanguage } from './languages';
import { Libraries } from './libraries';
import { Packages } from './packages';
import { SandboxRunner } from './sandbox-runner';

/** `dispose` ends all runners and frees them. */
interface SandboxRunners extends Runners {
  dispose(): void;
}

/**
 * Make the runners. `runtimeUrl` is the absolute URL of the directory of the runtime build, which has
 * `version.json`. `packagesUrl` is the directory of the packages for Python, by default `packages/`
 * beside that file. Nothing is fetched before a runner's `prepare()` or `run()`.
 */
export function createRunners(options: {
  runtimeUrl: string;
  packagesUrl?: string;
}): SandboxRunners {
  const { packagesUrl = '' } = options;
  const directory = (packagesUrl === '' ? 'packages' : packagesUrl).replace(/\/*$/, '/');
  const packages = new Packages(new URL(directory, options.runtimeUrl));
  const runners = runnersBy(name => {
    const language = sandboxLanguage(name);
    const source =
      language.packages === 'packages'
        ? packages
        : new Libraries(options.runtimeUrl, language.packages);
    return new SandboxRunner(language, options.runtimeUrl, source);
  });
  return {
    ...runners,
    dispose: () => {
      for (const runner of Object.values(runners)) {
        runner.dispose();
      }
    }
  };
}
