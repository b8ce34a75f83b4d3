/**
 * The worker of languages that become JavaScript modules.
 *
 * A program ends when its module has settled, with the promise of its last expression, and no timer is
 * pending; or at its first uncaught error or rejection, as in Node.
 */
import { inspect } from 'node-inspect-extracted';
import { ERROR_LIMIT } from '../messages';
import { boot, type Ended, type Program } from './boot';
import { installConsole } from './console';
import type { Input } from './input';
import type { Output } from './output';
import { CircleError, link } from './link';
import { ProgramError, type Module, type Translate } from './module';
import { installPrompt } from './prompt';
import { Stacks } from './stack';
import { Timers } from './timers';
import { withHint } from './walls';

/** Run programs that `translate` turns into JavaScript; their files end with `extension`. */
export function bootModules(extension: string, translate: Translate): void {
  boot(() => {
    const stacks = new Stacks();
    const timers = new Timers();
    const uncaught = new Uncaught();
    warmUp();
    return Promise.resolve({
      execute: async program => {
        const ended = await execute(program);
        // Timers that remain after an error are no part of the program.
        timers.clear();
        return ended;
      }
    });

    /** Make the engine compile the common parts of all programs before the first program. */
    function warmUp(): void {
      const code = 'const a = [1]; console.log(`x`, a)';
      const urlless = (): string => '';
      const linking = { extension, translate, keepState: false, urlOf: urlless };
      link({ main: `main${extension}`, code, files: {} }, linking);
      inspect({ a: [1, 'x', new Map()] });
    }

    async function execute(program: Program): Promise<Ended> {
      const { main, keepState, output, input } = program;
      stacks.begin(main);
      let module: Module;
      try {
        module = link(program, { extension, translate, keepState, urlOf });
      } catch (error) {
        return unlinked(error, main);
      }
      installConsole(output);
      installPrompt(input);
      try {
        const ended = runToEnd(urlOf(module, main), module.hasValue, output, input);
        const thrown = await Promise.race([ended, uncaught.next()]);
        return thrown === null ? { error: null } : failed(thrown.thrown);
      } catch (thrown) {
        return failed(thrown);
      }
    }

    async function runToEnd(
      url: string,
      hasValue: boolean,
      output: Output,
      input: Input
    ): Promise<null> {
      const { default: last } = (await import(url)) as { default?: unknown };
      if (hasValue) {
        // A program may end in `main()`: then its promise is awaited, and its value shown.
        const value = await last;
        if (value !== undefined && !output.show('text/plain', inspect(value))) {
          output.write('stdout', `${inspect(value)}\n`);
        }
      }
      // As in Node: until neither a timer nor a question is left.
      do {
        await timers.idle();
      } while (await input.answered());
      return null;
    }

    function urlOf(module: Module, of: string): string {
      const source = `${module.code}\n//# sourceURL=${stacks.add(of, module)}`;
      return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    }

    function unlinked(error: unknown, main: string): Ended {
      if (error instanceof ProgramError) {
        return { error: error.message, location: error.file === main ? error.location : null };
      }
      return { error: error instanceof CircleError ? error.message : String(error) };
    }

    function failed(thrown: unknown): Ended {
      const error = withHint(stacks.explain(thrown)).slice(0, ERROR_LIMIT);
      return { error, location: stacks.locate(error) };
    }
  });
}

/** Uncaught errors and unhandled rejections. */
class Uncaught {
  #report: (error: { thrown: unknown }) => void = () => undefined;

  constructor() {
    addEventListener('error', event => {
      event.preventDefault();
      this.#report({ thrown: event.error });
    });
    addEventListener('unhandledrejection', event => {
      event.preventDefault();
      this.#report({ thrown: event.reason });
    });
  }

  /** Resolves with the next one. */
  next(): Promise<{ thrown: unknown }> {
    return new Promise(resolve => {
      this.#report = resolve;
    });
  }
}
