/** The modules of Node in a worker: an asset that the page sends when a program asks for it. */
import type { PackageFiles } from '../messages';
import { runScript } from './loader';
import type { CreateNode } from './node-host';

/** The name of the asset. */
export const NODE_ASSET = 'node.js';

/** The modules of Node, once they have arrived. */
export class NodeModules {
  create: CreateNode | null = null;

  /** Take the asset out of files from the page. */
  install({ files }: Pick<PackageFiles, 'files'>): void {
    const script = files[NODE_ASSET];
    if (script === undefined || this.create !== null) {
      return;
    }
    Object.defineProperty(globalThis, '__library', {
      configurable: true,
      value: (create: CreateNode) => {
        this.create = create;
      }
    });
    runScript(new TextDecoder().decode(script));
    Reflect.deleteProperty(globalThis, '__library');
  }
}
