/**
 * The worker that runs JavaScript: one program, as one module.
 *
 * A program ends when its module (and the promise that its last expression may be) has settled and
 * none of its timers is pending, or at its first uncaught error or rejection, as in Node.
 */
import { inspect } from 'node-inspect-extracted';
import { ERROR_LIMIT, type Source } from '../messages';
import { boot } from './boot';
import { installConsole } from './console';
import type { Output } from './output';
import { link } from './modules';
import type { Program } from './program';
import { explain, ownFramesOnly } from './stack';
import { Timers } from './timers';

boot(() => Promise.resolve(execute));

async function execute(source: Source, output: Output): Promise<string | null> {
  let program: Program;
  try {
    program = link(source, urlOf);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  installConsole(output);
  ownFramesOnly(program);
  try {
    const failure = await Promise.race([runToEnd(program, output, new Timers()), uncaught()]);
    return failure === null ? null : explain(failure.thrown, program).slice(0, ERROR_LIMIT);
  } catch (thrown) {
    return explain(thrown, program).slice(0, ERROR_LIMIT);
  }
}

async function runToEnd(program: Program, output: Output, timers: Timers): Promise<null> {
  const module = (await import(urlOf(program.source))) as { default?: unknown };
  if (program.hasValue) {
    // A program may well end in `main()`: then its promise is waited for, and its value shown.
    const value = await module.default;
    if (value !== undefined && !output.show('text/plain', inspect(value))) {
      output.write('stdout', `${inspect(value)}\n`);
    }
  }
  await timers.idle();
  return null;
}

function urlOf(module: string): string {
  return URL.createObjectURL(new Blob([module], { type: 'text/javascript' }));
}

/** Resolves with the first error that nobody caught. */
function uncaught(): Promise<{ thrown: unknown }> {
  return new Promise(resolve => {
    addEventListener('error', event => {
      event.preventDefault();
      resolve({ thrown: event.error });
    });
    addEventListener('unhandledrejection', event => {
      event.preventDefault();
      resolve({ thrown: event.reason });
    });
  });
}
