/** The page of the sandbox tests: the runners, their contract, and a function to run a program. */
import { CONTRACT, PROGRAMS } from '../../../src/testing/runner-contract';
import { createRunners } from '../../../src/run/index';
import { renderHtml } from '../../../src/markup/output';
import { frameSource } from '../../../src/ui/output/frame-source';
import { GLOBALS, PROPERTIES } from '../../../src/run/workers/walls';
import { Sandbox } from '../../../src/run/sandbox';
import { LANGUAGES } from '../../../src/protocol/wire';
import { VERSIONED_NAMES } from '../../../src/protocol/runtime-versions.generated';
import type { Chunk, Language } from '../../../src/protocol/wire';
import type { RunnerState } from '../../../src/client/runner';

const runtimeUrl = new URL('runtime/', location.href).href;
let runners = createRunners({ runtimeUrl });
let stop = new AbortController();
/** The output of the run so far. */
let printed = '';

/** Options of a run, in addition to its program. */
interface Wishes {
  main?: string;
  files?: Record<string, string>;
  stdin?: string;
  keepState?: boolean;
  /** The answers to the program's prompts, in order; null is the end of input. */
  answers?: (string | null)[];
}

/** Run a program; resolves with everything that a caller of the runner can observe. */
async function run(
  language: Language,
  code: string,
  timeLimit = 60_000,
  stopAfter: string | null = null,
  { main, files = {}, stdin, keepState = false, answers }: Wishes = {}
) {
  stop = new AbortController();
  const chunks: Chunk[] = [];
  printed = '';
  const arrivals: number[] = [];
  const asked: string[] = [];
  const started = performance.now();
  let stoppedAt = 0;
  const outcome = await runners[language].run(
    {
      ...(main !== undefined && { main }),
      code,
      files,
      timeLimit,
      keepState,
      stdin: stdin ?? null,
      ask: prompt => {
        asked.push(prompt);
        return answers === undefined || answers.length === 0
          ? new Promise(() => undefined)
          : Promise.resolve(answers.shift() ?? null);
      }
    },
    chunk => {
      chunks.push(chunk);
      arrivals.push(performance.now() - started);
      printed += chunk.data;
      if (stopAfter !== null && stoppedAt === 0 && printed.includes(stopAfter)) {
        stoppedAt = performance.now();
        stop.abort();
      }
    },
    stop.signal
  );
  const of = (stream: string): string =>
    chunks.map(chunk => ('stream' in chunk && chunk.stream === stream ? chunk.data : '')).join('');
  return {
    ...outcome,
    asked,
    stdout: of('stdout'),
    stdin: of('stdin'),
    stderr: of('stderr'),
    values: chunks.filter(chunk => 'mime' in chunk),
    order: chunks.map(chunk => ('stream' in chunk ? chunk.stream : chunk.mime)),
    pieces: chunks.length,
    characters: chunks.reduce((sum, chunk) => sum + chunk.data.length, 0),
    arrivals: arrivals.slice(0, 100),
    wallMs: performance.now() - started,
    stopMs: stoppedAt === 0 ? null : performance.now() - stoppedAt
  };
}

/** Like `run`, and also counts the turns of the page's own event loop during the run. */
async function runWatched(...parameters: Parameters<typeof run>) {
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 1);
  const result = await run(...parameters);
  clearInterval(clock);
  return { ...result, turns };
}

/** Check a fresh runner of a language against one rule of the contract; the violation, or null. */
async function keeps(rule: string, language: Language): Promise<string | null> {
  const fresh = createRunners({ runtimeUrl });
  try {
    await CONTRACT[rule]?.(fresh[language], PROGRAMS[language]);
    return null;
  } catch (error) {
    return String(error);
  } finally {
    fresh.dispose();
  }
}

/** Load a language; resolves with the loading states that a page would show. */
function prepare(language: Language): Promise<RunnerState[]> {
  const states: RunnerState[] = [];
  const runner = runners[language];
  return new Promise(resolve => {
    const end = runner.subscribe(() => {
      states.push(runner.state);
      if (runner.state.phase === 'ready' || runner.state.phase === 'failed') {
        end();
        resolve(states);
      }
    });
    runner.prepare();
  });
}

/**
 * Run a script in a worker of the frame, without our hardening of workers: only the frame's origin
 * and policy restrict it. The script can call `report(text)`.
 */
async function runBare(script: string): Promise<string> {
  const version = (await (await fetch('runtime/version.json')).json()) as { directory: string };
  const wrapped = `
    onmessage = async event => {
      const port = event.ports[0];
      const report = text => {
        port.postMessage({ type: 'output', chunks: [{ stream: 'stdout', data: text }] });
        port.postMessage({ type: 'done', error: null });
      };
      port.onmessage = async () => { ${script} };
      port.postMessage({ type: 'ready' });
    };`;
  const sandbox = await Sandbox.open(`${runtimeUrl}${version.directory}/sandbox.html`, {
    script: Promise.resolve(new TextEncoder().encode(wrapped).buffer),
    wasm: null,
    files: Promise.resolve({})
  });
  const worker = sandbox.spawn();
  await worker.ready;
  let text = '';
  await worker.execute(
    { main: 'main.js', code: '', files: {}, stdin: null, keepState: false },
    {
      output: chunk => {
        text += chunk.data;
      },
      need: () => undefined
    }
  );
  sandbox.dispose();
  return text;
}

/**
 * Show each markup in a frame, side by side and visible; they replace the frames before. Resolves
 * when all frames have loaded.
 */
async function show(
  sources: readonly string[],
  prepare: (frame: HTMLIFrameElement, source: string) => void
): Promise<void> {
  document.querySelector('.shown')?.remove();
  const all = document.createElement('div');
  all.className = 'shown';
  all.style.cssText =
    'position: fixed; inset: 0; display: grid; grid-template-columns: repeat(auto-fill, 170px)';
  document.body.append(all);
  await Promise.all(
    sources.map(source => {
      const frame = document.createElement('iframe');
      frame.style.cssText = 'width: 160px; height: 130px';
      prepare(frame, source);
      all.append(frame);
      return new Promise(resolve => {
        frame.onload = resolve;
      });
    })
  );
}

/** A frame like the output pane's. */
const showMarkup = (...sources: string[]): Promise<void> =>
  show(sources, (frame, source) => {
    frame.setAttribute('sandbox', '');
    frame.srcdoc = frameSource(renderHtml(source), '');
  });

/** A plain frame, without a sandbox. */
const showPlainly = (...sources: string[]): Promise<void> =>
  show(sources, (frame, source) => {
    frame.srcdoc = source;
  });

/** Replace all runners by new ones that have loaded nothing. */
function renew(): void {
  runners.dispose();
  runners = createRunners({ runtimeUrl });
}

Object.assign(window, {
  createRunners,
  arena: {
    stop: () => stop.abort(),
    printed: () => printed,
    watch: (language: Language, hear: (state: RunnerState) => void) =>
      runners[language].subscribe(() => hear(runners[language].state)),
    names: VERSIONED_NAMES,
    inputs: () => Object.fromEntries(LANGUAGES.map(each => [each, runners[each].input])),
    run,
    runWatched,
    keeps,
    prepare,
    runBare,
    showMarkup,
    showPlainly,
    renew,
    rules: Object.keys(CONTRACT),
    walls: Object.fromEntries(
      Object.entries({ globals: GLOBALS, ...PROPERTIES }).map(([where, names]) => [
        where,
        [...names]
      ])
    )
  }
});
