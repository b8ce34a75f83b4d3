/**
 * The worker of languages that become JavaScript modules.
 *
 * A program ends when its module has settled, with the promise of its last expression, and no timer is
 * pending; or at its first uncaught error or rejection, as in Node.
 */
import { inspect } from 'node-inspect-extracted';
import { ERROR_LIMIT, type Source, type WorkerStart } from '../messages';
import { boot, type Ended, type Program } from './boot';
import { installConsole } from './console';
import type { Input } from './input';
import type { Output } from './output';
import { explainSyntax } from './engine-words';
import { Program as Linked } from './link';
import { Loader } from './loader';
import { compile } from './module';
import { NODE_ASSET, NodeModules } from './node-modules';
import type { NodeLibrary } from './node-host';
import { installPrompt } from './prompt';
import { installSpread } from './spread';
import { Stacks } from './stack';
import { Timers } from './timers';
import { ProgramError, type Translate } from './syntax';
import { withHint } from './walls';

/** What turns the programs of a language into JavaScript. */
interface Translator {
  /** Another program begins. */
  begin: (source: Source) => void;
  translate: Translate;
  /** What is to be said about the program before it runs; empty where there is nothing. */
  report: () => string;
}

/** Run programs of a language; their files end with `extension`. */
export function bootModules(extension: string, create: (start: WorkerStart) => Translator): void {
  boot(start => {
    const { begin, translate, report } = create(start);
    const stacks = new Stacks();
    const timers = new Timers();
    const uncaught = new Uncaught();
    installSpread();
    const node = new NodeModules();
    warmUp();
    return Promise.resolve({
      execute: async program => {
        const ended = await execute(program);
        // Timers that remain after an error are no part of the program.
        timers.clear();
        return ended;
      },
      // An error in it is one of the promise.
      installPackages: packages => Promise.resolve(packages).then(each => node.install(each))
    });

    /** Make the engine compile the common parts of all programs before the first program. */
    function warmUp(): void {
      const main = `main${extension}`;
      const code = 'const a = [1]; console.log(`x`, a)';
      begin({ main, code, files: {} });
      compile(translate(code, main), { isMain: true, keepState: false }).code('', false);
      report();
      inspect({ a: [1, 'x', new Map()] });
    }

    async function execute(program: Program): Promise<Ended> {
      const { main, keepState, output, input } = program;
      stacks.begin(main);
      begin(program);
      const linked = new Linked(program, {
        extension,
        translate,
        keepState,
        explain: explainSyntax
      });
      try {
        await linked.read();
      } catch (error) {
        return failed(error, main);
      }
      output.write('stderr', report());
      installConsole(output);
      installPrompt(input);
      if (linked.usesNode && node.create === null) {
        await program.need([NODE_ASSET]);
      }
      let exit: (error: string | null) => void = () => undefined;
      const exited = new Promise<string | null>(resolve => {
        exit = resolve;
      });
      const library = node.create?.({
        output,
        input,
        main,
        files: linked.texts,
        exit,
        explain: thrown => stacks.explain(thrown),
        later: act => void setTimeout(act, 0),
        setTimeout
      });
      timers.afterEach = () => library?.tick();
      for (const [name, value] of Object.entries(library?.globals ?? {})) {
        Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
      }
      const loader = new Loader(linked, {
        nameOf: (file, module) => stacks.add(file, module),
        builtin: name => {
          if (library === undefined) {
            throw new Error(`'${name}' could not be loaded: Run again to try it once more`);
          }
          return library.modules[name];
        }
      });
      try {
        linked.check(name => {
          const module = library?.modules[name];
          return module ? new Set(['default', ...Object.keys(module)]) : null;
        });
        const ended = runToEnd(loader, output, input, library);
        const thrown = uncaught.next();
        const end = await Promise.race([exited, ended, thrown]);
        return end !== null && typeof end === 'object' ? failed(end.thrown, main) : { error: end };
      } catch (thrown) {
        return failed(thrown, main);
      }
    }

    /** Resolves with the program's error as text for people, or null. */
    async function runToEnd(
      loader: Loader,
      output: Output,
      input: Input,
      library: NodeLibrary | undefined
    ): Promise<string | null> {
      const last = loader.run();
      library?.tick();
      // A program may end in `main()`: then its promise is awaited, and its value shown.
      const value = await last;
      const isShown = value !== undefined && library?.isShown(value) !== false;
      if (isShown && !output.show('text/plain', inspect(value))) {
        output.write('stdout', `${inspect(value)}\n`);
      }
      // As in Node: until neither a timer nor a question is left.
      do {
        await timers.idle();
      } while (await input.answered());
      return (await library?.end()) ?? null;
    }

    function failed(thrown: unknown, main: string): Ended {
      if (thrown instanceof ProgramError) {
        const { message, file, location } = thrown;
        return { error: message.slice(0, ERROR_LIMIT), location: file === main ? location : null };
      }
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
