/**
 * The worker that runs JavaScript: one program as one module, then it is used up.
 *
 * A program ends when its module (and the promise that its last expression may be) has settled and
 * none of its timers is pending, or at its first uncaught error or rejection, as in Node.
 */
import { inspect } from 'node-inspect-extracted';
import { ERROR_LIMIT } from '../messages';
import { boot } from './boot';
import { installConsole } from './console';
import type { Output } from './output';
import { compile, type Program } from './program';
import { explain, ownFramesOnly } from './stack';
import { Timers } from './timers';

boot(() => Promise.resolve(execute));

async function execute(
  code: string,
  output: Output
): Promise<{ error: string | null; reusable: boolean }> {
  let program: Program;
  try {
    program = compile(code);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), reusable: false };
  }
  installConsole(output);
  ownFramesOnly(program);
  try {
    await Promise.race([runToEnd(program, output, new Timers()), uncaught()]);
    return { error: null, reusable: false };
  } catch (error) {
    return { error: explain(error).slice(0, ERROR_LIMIT), reusable: false };
  }
}

async function runToEnd(program: Program, output: Output, timers: Timers): Promise<void> {
  const url = URL.createObjectURL(new Blob([program.source], { type: 'text/javascript' }));
  const module = (await import(url)) as { default?: unknown };
  if (program.hasValue) {
    // A program may well end in `main()`: then its promise is waited for, and its value shown.
    const value = await module.default;
    if (value !== undefined && !output.show('text/plain', inspect(value))) {
      output.write('stdout', `${inspect(value)}\n`);
    }
  }
  await timers.idle();
}

/** Rejects with the first error that nobody caught. */
function uncaught(): Promise<never> {
  return new Promise((_, reject) => {
    addEventListener('error', event => {
      event.preventDefault();
      reject(event.error);
    });
    addEventListener('unhandledrejection', event => {
      event.preventDefault();
      reject(event.reason);
    });
  });
}
