/**
 * The values that Arena gets from JupyterLab: base URL, authenticated requests, user, runtime URLs.
 */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { ServiceManager } from '@jupyterlab/services';

import type { Shell } from '../connection/rest';

/** The server's base URL, and `fetch` with Jupyter's credentials. */
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

/** The URL of the runtimes among this extension's files; it works on a static host, too. */
export function runtimeUrl(): string {
  const extensions = PageConfig.getOption('fullLabextensionsUrl');
  return new URL(URLExt.join(extensions, 'jupyter-arena/runtime/'), document.baseURI).href;
}

/** The URLs that the runners load from. */
export function runtime(): { runtimeUrl: string; packagesUrl: string } {
  return { runtimeUrl: runtimeUrl(), packagesUrl: PageConfig.getOption('arenaPackagesUrl') };
}

/** The display name of the logged-in user; `Interviewer` where Jupyter has none. */
export async function ownName(user: ServiceManager.IManager['user']): Promise<string> {
  try {
    await user.ready;
  } catch (error) {
    // A server without an identity service still has a user.
    console.warn('Jupyter does not say who is logged in:', error);
  }
  const { display_name: shown = '', name = '' } = user.identity ?? {};
  return [shown, name].find(text => text !== '') ?? 'Interviewer';
}
