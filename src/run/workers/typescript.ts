/** The worker that runs TypeScript: types are removed without a check, and lines keep their numbers. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { transform } from 'sucrase';
import { ProgramError, type Translated } from './syntax';
import { bootModules } from './module-worker';

bootModules('.ts', withoutTypes);

function withoutTypes(written: string, file: string): Translated {
  const { code, sourceMap } = stripped(written, file);
  const map = sourceMap && new TraceMap({ ...sourceMap, version: 3 });
  return {
    code,
    place: at => {
      const { line, column } = map ? originalPositionFor(map, at) : at;
      return line === null ? at : { line, column };
    }
  };
}

function stripped(written: string, file: string): ReturnType<typeof transform> {
  try {
    return transform(written, {
      transforms: ['typescript'],
      disableESTransforms: true,
      filePath: file,
      sourceMapOptions: { compiledFilename: file }
    });
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    if (!(error instanceof Error) || loc === undefined) {
      throw error;
    }
    const message = error.message.replace(/^Error transforming .*?: | \(\d+:\d+\)$/g, '');
    // Sucrase counts columns from 1.
    const location = { line: loc.line, column: Math.max(0, loc.column - 1) };
    throw new ProgramError(message, written, file, location);
  }
}
