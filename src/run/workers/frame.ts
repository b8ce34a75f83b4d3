/**
 * The script inside the sandbox's iframe: starts and ends workers, and nothing else.
 *
 * A person's code never runs in this document. A document can navigate itself or open a peer
 * connection, which no policy forbids; a worker cannot. So this script evaluates nothing that it is
 * sent, and only hands it to workers.
 */
import { HANDSHAKE } from '../messages';
import type { AssetFiles, FrameToPage, PageToFrame, WorkerStart } from '../messages';

// Outside a sandboxed frame there is no isolation: then do nothing at all.
if (self.origin === 'null' && window.parent !== window) {
  addEventListener('message', function first(event: MessageEvent) {
    const port = event.ports[0];
    if (event.source === window.parent && event.data === HANDSHAKE && port !== undefined) {
      removeEventListener('message', first);
      serve(port);
    }
  });
}

function serve(port: MessagePort): void {
  const workers = new Map<number, Worker>();
  let script = '';
  let files: AssetFiles = {};
  // Compiled once, here; workers get the compiled module.
  let module: Promise<WebAssembly.Module | null> = Promise.resolve(null);
  const post = (message: FrameToPage): void => port.postMessage(message);

  const receive = (message: PageToFrame, ports: readonly MessagePort[]): void => {
    switch (message.type) {
      case 'compile':
        module = WebAssembly.compile(message.wasm);
        // Each worker reports the failure.
        module.catch(() => undefined);
        break;
      case 'load':
        script = URL.createObjectURL(new Blob([message.script], { type: 'text/javascript' }));
        files = message.files;
        post({ type: 'loaded' });
        break;
      case 'spawn': {
        const { id, without } = message;
        const given = { ...files };
        if (without !== null) {
          Reflect.deleteProperty(given, without);
        }
        const crashed = (text: string): void => post({ type: 'crashed', id, message: text });
        // The worker reads its script while the module may still be compiled.
        const worker = new Worker(script);
        worker.onerror = event => crashed(event.message);
        const start = (compiled: WorkerStart['module']): void =>
          worker.postMessage({ module: compiled, files: given } satisfies WorkerStart, [...ports]);
        module.then(start).catch((error: unknown) => crashed(String(error)));
        workers.set(id, worker);
        break;
      }
      case 'kill':
        workers.get(message.id)?.terminate();
        workers.delete(message.id);
        break;
      case 'ping':
        post({ type: 'pong' });
        break;
    }
  };
  port.onmessage = (event: MessageEvent<PageToFrame>) => {
    try {
      receive(event.data, event.ports);
    } catch (error) {
      post({ type: 'failed', message: String(error) });
    }
  };
  post({ type: 'hello' });
}
