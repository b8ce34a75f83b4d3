/** Linker: finds the files of a program, and checks their syntax and the names that they import. */
import type { Location } from '../../protocol/wire';
import type { Source } from '../messages';
import { compile, type Module } from './module';
import { resolve, type Target } from './resolve';
import { ParseError, ProgramError, type Translate } from './syntax';

/** Names that programs use without importing them. */
const NODE_NAMES =
  /\b(?:require|process|Buffer|global|setImmediate|clearImmediate|expect)\b|\b(?:describe|it|test)(?:\.\w+)?\s*\(/;

/** Options of the linker. */
interface Linking {
  /** The extension of a language's files, with the dot. */
  extension: string;
  translate: Translate;
  keepState: boolean;
  /** The engine's own words for a syntax error, and its place, if it has any. */
  explain: (code: string, error: ParseError) => Promise<{ message: string; at: Location }>;
}

/** A file of a program; `module` is null in a file of data. */
export interface ProgramFile {
  name: string;
  text: string;
  module: Module | null;
  place: (at: Location) => Location;
}

/** The files of one program. */
export class Program {
  readonly main: string;
  /** The modules of Node that it names. */
  readonly builtins = new Set<string>();
  readonly #files: Readonly<Record<string, string>>;
  readonly #linking: Linking;
  readonly #read = new Map<string, ProgramFile | ProgramError>();
  /** The files without which the program cannot start. */
  #needed: readonly string[] = [];

  constructor({ main, code, files }: Source, linking: Linking) {
    this.main = main;
    this.#files = { ...files, [main]: code };
    this.#linking = linking;
  }

  /**
   * Read the main file and all that it names, directly or through others. Raises `ProgramError` where
   * the program cannot start; other files fail where they are loaded.
   */
  async read(): Promise<void> {
    const needed = [this.main];
    for (const name of needed) {
      const file = await this.#explained(name);
      if (file instanceof ProgramError) {
        throw file;
      }
      for (const each of file.module?.imports ?? []) {
        const target = this.resolve(each.name);
        if (target.kind === 'missing') {
          throw this.#error(file, target.message(name), each.nameAt, 'Error');
        }
        this.#meet(target, needed);
      }
      await this.#readLater(file);
    }
    this.#needed = needed;
  }

  /**
   * Check that what the files import is there; `builtin` has the names of a module of Node, or null.
   * Raises `ProgramError`.
   */
  check(builtin: (name: string) => ReadonlySet<string> | null): void {
    for (const name of this.#needed) {
      this.#checkImports(this.file(name), builtin);
    }
  }

  /** Whether the program uses Node: its modules, or names that only Node has. */
  get usesNode(): boolean {
    const texts = [...this.#read.values()].map(each =>
      each instanceof ProgramError ? '' : each.text
    );
    return this.builtins.size > 0 || texts.some(text => NODE_NAMES.test(text));
  }

  /** The texts of all files by name. */
  get texts(): Map<string, string> {
    return new Map(Object.entries(this.#files));
  }

  /** What a name in one of the files stands for. */
  resolve(written: string): Target {
    const { extension } = this.#linking;
    return resolve(written, this.#files, [...new Set([extension, '.js', '.ts', '.json'])]);
  }

  /** A file of the program. Raises `ProgramError`. */
  file(name: string): ProgramFile {
    const known = this.#read.get(name);
    if (known instanceof ProgramError) {
      throw known;
    }
    return known ?? this.#compile(name);
  }

  /** Whether a file has an `await` at its top level, or a static import of it has. */
  isAsync(file: ProgramFile, seen = new Set<ProgramFile>()): boolean {
    if (seen.has(file)) {
      return false;
    }
    seen.add(file);
    return (
      file.module?.waits === true || this.#imported(file).some(each => this.isAsync(each, seen))
    );
  }

  /** Read the files that are loaded while the program runs; errors in them wait until then. */
  async #readLater(file: ProgramFile): Promise<void> {
    const later = [file.name];
    for (const name of later) {
      const each = await this.#explained(name);
      if (!(each instanceof ProgramError)) {
        const { imports = [], requires = [] } = each.module ?? {};
        const names = [...requires, ...(each === file ? [] : imports.map(({ name: of }) => of))];
        names.forEach(of => this.#meet(this.resolve(of), later));
      }
    }
  }

  #meet(target: Target, names: string[]): void {
    if (target.kind === 'builtin') {
      this.builtins.add(target.name);
    } else if (target.kind === 'file' && !names.includes(target.name)) {
      names.push(target.name);
    }
  }

  /** A file, or the error in it in the words of the engine. */
  async #explained(name: string): Promise<ProgramFile | ProgramError> {
    const known = this.#read.get(name);
    if (known !== undefined) {
      return known;
    }
    const text = this.#files[name] ?? '';
    try {
      return this.#compile(name);
    } catch (error) {
      if (error instanceof ProgramError) {
        this.#read.set(name, error);
        return error;
      }
      if (!(error instanceof ParseError)) {
        throw error;
      }
      const source = this.#linking.translate(text, name);
      const { message, at } = await this.#linking.explain(source.code, error);
      const explained = new ProgramError(message, text, name, source.place(at));
      this.#read.set(name, explained);
      return explained;
    }
  }

  #compile(name: string): ProgramFile {
    const text = this.#files[name] ?? '';
    const { translate, keepState } = this.#linking;
    const source = translate(text, name);
    const module = /\.json$/i.test(name)
      ? null
      : compile(source, { isMain: name === this.main, keepState });
    const file = { name, text, module, place: source.place };
    this.#read.set(name, file);
    return file;
  }

  /** The modules that a file imports statically. */
  #imported({ module }: ProgramFile): ProgramFile[] {
    return (module?.imports ?? []).flatMap(({ name }) => {
      const target = this.resolve(name);
      return target.kind === 'file' ? [this.file(target.name)] : [];
    });
  }

  /** Check that what a file imports from modules is there. */
  #checkImports(file: ProgramFile, builtin: (name: string) => ReadonlySet<string> | null): void {
    for (const { name, wants } of file.module?.imports ?? []) {
      const target = this.resolve(name);
      const exported =
        target.kind === 'file'
          ? this.exportsOf(this.file(target.name))
          : target.kind === 'builtin'
            ? builtin(target.name)
            : null;
      const lacking = exported && wants.find(each => !exported.has(each.name));
      if (lacking) {
        const message = `The requested module '${name}' does not provide an export named '${lacking.name}'`;
        throw this.#error(file, message, lacking.at);
      }
    }
  }

  /** The names that a module exports; null where only its run can tell. */
  exportsOf(file: ProgramFile, seen = new Set<ProgramFile>()): Set<string> | null {
    const { module } = file;
    if (module === null) {
      return new Set(['default']);
    }
    if (module.kind === 'commonjs') {
      return null;
    }
    const names = new Set(module.exports);
    seen.add(file);
    for (const index of module.stars) {
      const target = this.resolve(module.imports[index]?.name ?? '');
      const from = target.kind === 'file' ? this.file(target.name) : null;
      if (from !== null && seen.has(from)) {
        continue;
      }
      const more = from && this.exportsOf(from, seen);
      if (more === null) {
        return null;
      }
      more.delete('default');
      more.forEach(name => names.add(name));
    }
    return names;
  }

  #error(file: ProgramFile, message: string, at: Location, kind?: string): ProgramError {
    return new ProgramError(message, file.text, file.name, file.place(at), kind);
  }
}
