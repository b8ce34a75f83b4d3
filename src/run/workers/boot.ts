/** The start of a worker: one message with its port, then programs, one at a time. */
import type { Location } from '../../protocol/wire';
import type { PackageFiles, PageToWorker, Source, WorkerStart, WorkerToPage } from '../messages';
import { Output } from './output';
import { Input } from './input';
import { closeWalls } from './walls';

/** One program, with its output and its input. */
export interface Program extends Source {
  /** Whether it runs in the state of the program before it. */
  keepState: boolean;
  output: Output;
  input: Input;
  /** Resolves when the packages with these modules are installed, as far as there are any. */
  need: (modules: string[]) => Promise<void>;
}

/** The end of a program: its error as text for people, or null. */
export interface Ended {
  error: string | null;
  location?: Location | null;
  /** The worker cannot run another program. */
  spent?: boolean;
}

/** A language that has started: runs a program, and installs packages where it has any. */
interface Interpreter {
  execute: (program: Program) => Promise<Ended>;
  installPackages?: (packages: PackageFiles) => Promise<void>;
}

/**
 * Wait for the start message, close the walls, start the language with `prepare`, then run programs.
 * The port stays in this closure, and its `postMessage` is bound before any program runs, so that no
 * program can reach either.
 */
export function boot(prepare: (start: WorkerStart) => Promise<Interpreter>): void {
  addEventListener(
    'message',
    (event: MessageEvent<WorkerStart>) => {
      const port = event.ports[0];
      if (port === undefined) {
        return;
      }
      // Bound now as well: programs get other timers.
      const later: (act: () => void) => void = setTimeout.bind(globalThis);
      const send: (message: WorkerToPage) => void = port.postMessage.bind(port);
      closeWalls();
      prepare(event.data).then(
        interpreter => {
          port.onmessage = listener(interpreter, send, later);
          send({ type: 'ready' });
        },
        (error: unknown) => send({ type: 'failed', message: String(error) })
      );
    },
    { once: true }
  );
}

/** Handles the page's messages: packages, programs, and answers to the program that runs. */
function listener(
  { execute, installPackages = () => Promise.resolve() }: Interpreter,
  send: (message: WorkerToPage) => void,
  later: (act: () => void) => void
): (event: MessageEvent<PageToWorker>) => void {
  let onAnswer: (text: string | null) => void = () => undefined;
  // Packages that were installed ahead: no program waits for them.
  const ahead = (installed: Promise<void>): void => void installed.catch(() => undefined);
  let onPackages = ahead;
  return ({ data }) => {
    switch (data.type) {
      case 'answer':
        onAnswer(data.text);
        break;
      case 'packages':
        onPackages(
          installPackages(data).then(
            () => send({ type: 'packages-installed', spent: false }),
            (error: unknown) => {
              send({ type: 'packages-installed', spent: true });
              throw error;
            }
          )
        );
        onPackages = ahead;
        break;
      case 'run': {
        const output = new Output(chunks => send({ type: 'output', chunks }));
        let over = false;
        // A question is sent when the program has released the thread, because the clock stops then:
        // a program that asks and then computes is not waiting.
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
  execute: Interpreter['execute'],
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
