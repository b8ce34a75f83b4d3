/** TypeScript's own compiler, on the files of one program: their types, and their JavaScript. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import ts from 'typescript';
import type { Location } from '../../protocol/wire';
import type { Source } from '../messages';
import { ProgramError, type Translated } from './syntax';

/** Type errors that are shown of one program. */
const SHOWN = 50;
/** "Cannot find name", in its variants: the name may be from an earlier program. */
const UNKNOWN_NAME = [2304, 2552, 2580, 2582, 2583, 2584, 2592, 2593];
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  // Imports and `require` side by side, each as it is written.
  module: ts.ModuleKind.Preserve,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: false,
  allowJs: true,
  resolveJsonModule: true,
  skipLibCheck: true,
  sourceMap: true,
  outDir: '/built',
  lib: ['lib.esnext.d.ts'],
  types: ['node']
};

export class TypeChecker {
  readonly #types: ReadonlyMap<string, string>;
  readonly #folders: ReadonlySet<string>;
  readonly #service: ts.LanguageService;
  #sources = new Map<string, string>();
  #main = '/main.ts';
  #version = 0;

  /** `types` has the declarations of the language and of Node, by path. */
  constructor(types: Readonly<Record<string, string>>) {
    this.#types = new Map(Object.entries(types));
    this.#folders = new Set([...this.#types.keys()].flatMap(foldersOf));
    this.#service = ts.createLanguageService(this.#host());
  }

  /** Another program begins. */
  begin({ main, code, files }: Source): void {
    this.#main = pathOf(main);
    this.#sources = new Map(
      Object.entries({ ...files, [main]: code }).map(([name, text]) => [pathOf(name), text])
    );
    this.#version += 1;
  }

  /** A file of the program in JavaScript. Raises `ProgramError`. */
  translate(text: string, file: string): Translated {
    const path = pathOf(file);
    if (!path.endsWith('.ts')) {
      return { code: text, place: at => at };
    }
    const [error] = this.#service.getSyntacticDiagnostics(path);
    if (error !== undefined) {
      const message = ts.flattenDiagnosticMessageText(error.messageText, '\n');
      const at = placeOf(error) ?? { line: 1, column: 0 };
      throw new ProgramError(message, text, file, at, `error TS${error.code}`);
    }
    const { outputFiles } = this.#service.getEmitOutput(path);
    const output = (extension: string): string =>
      outputFiles.find(({ name }) => name.endsWith(extension))?.text ?? '';
    // Every file is a module for the checker, and gets this where it would be none.
    const code = output('.js')
      .replace(/^export \{\};$/m, '')
      .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    const map = new TraceMap(output('.map'));
    return {
      code,
      place: at => {
        const { line, column } = originalPositionFor(map, at);
        return line === null ? at : { line, column };
      }
    };
  }

  /** The type errors of the program as lines for people, as `tsc` has them; empty where there is none. */
  report(): string {
    const program = this.#service.getProgram();
    const files = program?.getSourceFiles().filter(({ fileName }) => this.#sources.has(fileName));
    const errors = (files ?? [])
      .flatMap(({ fileName }) => this.#service.getSemanticDiagnostics(fileName))
      .filter(({ category }) => category === ts.DiagnosticCategory.Error)
      .filter(error => !isFromEarlier(error));
    const lines = errors.slice(0, SHOWN).map(error => {
      const at = placeOf(error);
      const place = at === null ? '' : `${at.line}:${at.column + 1} - `;
      const file = error.file?.fileName.slice(1) ?? '';
      const message = ts.flattenDiagnosticMessageText(error.messageText, '\n');
      return `${file}:${place}error TS${error.code}: ${message}\n`;
    });
    const more = errors.length - lines.length;
    return lines.join('') + (more > 0 ? `… and ${more} more errors in types\n` : '');
  }

  #host(): ts.LanguageServiceHost {
    const read = (path: string): string | undefined =>
      this.#sources.get(path) ?? this.#types.get(path);
    return {
      getCompilationSettings: () => OPTIONS,
      getScriptFileNames: () => [this.#main, ...(this.#types.has(OURS) ? [OURS] : [])],
      getScriptVersion: path => (this.#sources.has(path) ? String(this.#version) : ''),
      getScriptSnapshot: path => {
        const text = read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => '/lib/lib.esnext.d.ts',
      fileExists: path => read(path) !== undefined,
      readFile: read,
      directoryExists: path => this.#folders.has(path),
      getDirectories: path =>
        [...this.#folders]
          .filter(each => each.startsWith(`${path}/`) && !each.slice(path.length + 1).includes('/'))
          .map(each => each.slice(path.length + 1))
    };
  }
}

/** The declarations of what programs have here in addition. */
const OURS = '/arena.d.ts';

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/') || '/');
}

/** The path of a file for the compiler, which knows languages by their extensions. */
function pathOf(file: string): string {
  return /\.(?:ts|js|json)$/.test(file) ? `/${file}` : `/${file}.ts`;
}

function placeOf({ file, start }: ts.Diagnostic): Location | null {
  if (file === undefined || start === undefined) {
    return null;
  }
  const { line, character: column } = file.getLineAndCharacterOfPosition(start);
  return { line: line + 1, column };
}

/** Whether an error is about a name that an earlier program has left. */
function isFromEarlier({ code, file, start = 0, length = 0 }: ts.Diagnostic): boolean {
  const name = file?.text.slice(start, start + length) ?? '';
  return UNKNOWN_NAME.includes(code) && Object.hasOwn(globalThis, name);
}
