/** JupyterLab as the shell of a session: its server, its login, its address of the runtimes. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { ServiceManager } from '@jupyterlab/services';

import type { Shell } from '../connection/rest';

/** Arena's two ties to Jupyter. */
export function shellOf(settings: ServerConnection.ISettings): Shell {
  return {
    baseUrl: settings.baseUrl,
    fetch: (input, init) =>
      ServerConnection.makeRequest(
        input instanceof Request ? input.url : String(input),
        init ?? {},
        settings
      )
  };
}

/** Where this extension's own files are, on a server as on a static host. */
export function runtimeUrl(): string {
  const extensions = PageConfig.getOption('fullLabextensionsUrl');
  return new URL(URLExt.join(extensions, 'jupyter-arena/runtime/'), document.baseURI).href;
}

/** What the runners need to know of this server. */
export function runtime(): { runtimeUrl: string; packagesUrl: string } {
  return { runtimeUrl: runtimeUrl(), packagesUrl: PageConfig.getOption('arenaPackagesUrl') };
}

/** The name of whoever is logged in, once Jupyter knows it. */
export async function ownName(user: ServiceManager.IManager['user']): Promise<string> {
  try {
    await user.ready;
  } catch (error) {
    // Without an identity service there is still a person here.
    console.warn('Jupyter does not say who is logged in:', error);
  }
  const { display_name: shown = '', name = '' } = user.identity ?? {};
  return [shown, name].find(text => text !== '') ?? 'Interviewer';
}
