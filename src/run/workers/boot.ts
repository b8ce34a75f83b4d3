/** How a worker comes up: one message with its port, then one program after the other. */
import type { PageToWorker, WorkerStart, WorkerToPage } from '../messages';
import { Output } from './output';
import { closeFetch, closeWalls } from './walls';

/** Runs one program; answers how it ended. `error` is text for people, null when it went well. */
export type Execute = (
  code: string,
  output: Output
) => Promise<{ error: string | null; reusable: boolean }>;

/**
 * Wait for the start message, close the walls, let `prepare` bring the language up, then serve.
 * The port stays in this closure, and its `postMessage` is bound before any program runs, so that
 * no program can lay hands on either.
 */
export function boot(prepare: (start: WorkerStart) => Promise<Execute>): void {
  addEventListener(
    'message',
    (event: MessageEvent<WorkerStart>) => {
      const port = event.ports[0];
      if (port === undefined) {
        return;
      }
      const send: (message: WorkerToPage) => void = port.postMessage.bind(port);
      closeWalls();
      prepare(event.data).then(
        execute => {
          closeFetch();
          port.onmessage = (message: MessageEvent<PageToWorker>) => {
            void serve(execute, message.data.code, send);
          };
          send({ type: 'ready' });
        },
        (error: unknown) => send({ type: 'failed', message: String(error) })
      );
    },
    { once: true }
  );
}

async function serve(
  execute: Execute,
  code: string,
  send: (message: WorkerToPage) => void
): Promise<void> {
  const output = new Output(chunks => send({ type: 'output', chunks }));
  try {
    const { error, reusable } = await execute(code, output);
    output.flush();
    send({ type: 'done', error, reusable });
  } catch (error) {
    output.flush();
    send({ type: 'done', error: `The runtime failed: ${String(error)}`, reusable: false });
  }
}
