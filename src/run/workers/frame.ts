/**
 * The script inside the sandbox's iframe: starts and ends workers, and nothing else.
 *
 * A person's code never runs in this document. Here a page can still navigate itself or open a
 * peer connection, which no policy forbids; a worker cannot. So this file evaluates nothing that it
 * is sent, it only hands it to workers.
 */
import { HANDSHAKE } from '../messages';
import type { Files, FrameToPage, PageToFrame, WorkerStart } from '../messages';

// Anywhere but in a sandboxed frame these walls would be painted on: then do nothing at all.
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
  let files: Files = {};
  // Compiled here once; workers get the module, which costs them next to nothing.
  let module: Promise<WebAssembly.Module | null> = Promise.resolve(null);
  const say = (message: FrameToPage): void => port.postMessage(message);

  const receive = (message: PageToFrame, ports: readonly MessagePort[]): void => {
    switch (message.type) {
      case 'compile':
        module = WebAssembly.compile(message.wasm);
        // Each worker says that it got none.
        module.catch(() => undefined);
        break;
      case 'load':
        script = URL.createObjectURL(new Blob([message.script], { type: 'text/javascript' }));
        files = message.files;
        say({ type: 'loaded' });
        break;
      case 'spawn': {
        const { id, without } = message;
        const given = { ...files };
        if (without !== null) {
          Reflect.deleteProperty(given, without);
        }
        const crashed = (text: string): void => say({ type: 'crashed', id, message: text });
        // It reads its script while the module may still be compiling.
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
        say({ type: 'pong' });
        break;
    }
  };
  port.onmessage = (event: MessageEvent<PageToFrame>) => {
    try {
      receive(event.data, event.ports);
    } catch (error) {
      say({ type: 'failed', message: String(error) });
    }
  };
  say({ type: 'hello' });
}
