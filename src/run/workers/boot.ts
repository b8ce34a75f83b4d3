/** How a worker comes up: one message with its port, then one program, and that was its life. */
import type { PageToWorker, Source, WorkerStart, WorkerToPage } from '../messages';
import { Output } from './output';
import { closeFetch, closeWalls } from './walls';

/** Runs the program; answers its error as text for people, or null when it went well. */
export type Execute = (source: Source, output: Output) => Promise<string | null>;

/**
 * Wait for the start message, close the walls, let `prepare` bring the language up, then run.
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
            void run(execute, message.data, send);
          };
          send({ type: 'ready' });
        },
        (error: unknown) => send({ type: 'failed', message: String(error) })
      );
    },
    { once: true }
  );
}

async function run(
  execute: Execute,
  source: Source,
  send: (message: WorkerToPage) => void
): Promise<void> {
  const output = new Output(chunks => send({ type: 'output', chunks }));
  let error: string | null;
  try {
    error = await execute(source, output);
  } catch (failure) {
    error = `The runtime failed: ${String(failure)}`;
  }
  output.flush();
  send({ type: 'done', error });
}
