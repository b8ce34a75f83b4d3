/** How a worker comes up: one message with its port, then its programs, one at a time. */
import type { Location } from '../../protocol/wire';
import type { PackageFiles, PageToWorker, Source, WorkerStart, WorkerToPage } from '../messages';
import { Output } from './output';
import { Input } from './input';
import { closeFetch, closeWalls } from './walls';

/** One program, and what the worker has for it. */
export interface Program extends Source {
  /** Whether it finds what the one before left behind. */
  keepState: boolean;
  output: Output;
  input: Input;
  /** Have the packages installed that have these modules, as far as there are any. */
  need: (modules: string[]) => Promise<void>;
}

/** How a program ended: its error as text for people, or null when it went well. */
export interface Ended {
  error: string | null;
  location?: Location | null;
  /** The worker cannot run another program. */
  spent?: boolean;
}

/** A language that is up: what runs a program, and what installs packages, if it has any. */
export interface Up {
  execute: (program: Program) => Promise<Ended>;
  furnish?: (packages: PackageFiles) => Promise<void>;
}

/**
 * Wait for the start message, close the walls, let `prepare` bring the language up, then run.
 * The port stays in this closure, and its `postMessage` is bound before any program runs, so that
 * no program can lay hands on either.
 */
export function boot(prepare: (start: WorkerStart) => Promise<Up>): void {
  addEventListener(
    'message',
    (event: MessageEvent<WorkerStart>) => {
      const port = event.ports[0];
      if (port === undefined) {
        return;
      }
      // Bound now, too: the program's timers are others.
      const later: (act: () => void) => void = setTimeout.bind(globalThis);
      const send: (message: WorkerToPage) => void = port.postMessage.bind(port);
      closeWalls();
      prepare(event.data).then(
        up => {
          closeFetch();
          port.onmessage = listener(up, send, later);
          send({ type: 'ready' });
        },
        (error: unknown) => send({ type: 'failed', message: String(error) })
      );
    },
    { once: true }
  );
}

/** Takes the page's messages: packages, programs, and answers to the one that runs. */
function listener(
  { execute, furnish = () => Promise.resolve() }: Up,
  send: (message: WorkerToPage) => void,
  later: (act: () => void) => void
): (event: MessageEvent<PageToWorker>) => void {
  let onAnswer: (text: string | null) => void = () => undefined;
  // Nobody needs them yet: then the page alone hears how it went.
  const ahead = (installed: Promise<void>): void => void installed.catch(() => undefined);
  let onPackages = ahead;
  return ({ data }) => {
    switch (data.type) {
      case 'answer':
        onAnswer(data.text);
        break;
      case 'packages':
        onPackages(
          furnish(data).then(
            () => send({ type: 'furnished', spent: false }),
            (error: unknown) => {
              send({ type: 'furnished', spent: true });
              throw error;
            }
          )
        );
        onPackages = ahead;
        break;
      case 'run': {
        const output = new Output(chunks => send({ type: 'output', chunks }));
        let over = false;
        // A question leaves once the program lets go of the thread, because the clock stands still
        // from then on: a program that asks and then computes is not waiting.
        const ask = (prompt: string): Promise<string | null> =>
          new Promise(resolve =>
            later(() => {
              if (!over) {
                onAnswer = resolve;
                send({ type: 'ask', prompt });
              }
            })
          );
        const need = (modules: string[]): Promise<void> =>
          new Promise(resolve => {
            onPackages = resolve;
            send({ type: 'need', modules });
          });
        const input = new Input(data.stdin, output, data.asks ? ask : null);
        const { main, code, files, keepState } = data;
        void run(execute, { main, code, files, keepState, output, input, need }, send).then(() => {
          over = true;
        });
      }
    }
  };
}

async function run(
  execute: Up['execute'],
  program: Program,
  send: (message: WorkerToPage) => void
): Promise<void> {
  let ended: Ended;
  try {
    ended = await execute(program);
  } catch (failure) {
    ended = { error: `The runtime failed: ${String(failure)}`, spent: true };
  }
  program.output.flush();
  send({
    type: 'done',
    error: ended.error,
    location: ended.location ?? null,
    spent: ended.spent ?? false
  });
}
