/**
 * Files of the pad: their names, and the commands that change them.
 *
 * A file is a name for a text of the pad. A Yjs text can be neither renamed nor removed, so events
 * change the name, and the text under its root stays. `arena_ext/session/files.py` has the same rules.
 */
import { EXTENSIONS, LANGUAGES, LIMITS, MAIN_FILE } from '../protocol/wire';
import type { ClientEvent, Language, LoggedEvents, PadFile } from '../protocol/wire';

/** Longest name of the file system in Python's runtime, bytes. */
const FILE_SYSTEM_NAME = 255;
/** Control, format and private characters, and every separator but the space. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** The language of a name's extension; null where it is none of ours. */
export function languageOf(name: string): Language | null {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return LANGUAGES.find(language => EXTENSIONS[language].includes(extension)) ?? null;
}

/** The files of a session. */
export interface Files {
  readonly files: readonly PadFile[];
  /** The root of the main file. */
  readonly main: string;
}

/** The name of a session's first file until somebody renames it. */
export function firstName(language: Language): string {
  return `main.${EXTENSIONS[language][0]}`;
}

/** The files that a session in `language` begins with. */
export function firstFiles(language: Language): Files {
  return { files: [{ name: firstName(language), root: MAIN_FILE }], main: MAIN_FILE };
}

/**
 * The reason why no file may have this name, for people; null where it may. `renamed` gives up its
 * name.
 */
export function rejected(
  files: readonly PadFile[],
  name: string,
  renamed?: PadFile
): string | null {
  const length = Array.from(name).length;
  const bytes = new TextEncoder().encode(name).length;
  if (length < 1 || length > LIMITS.fileName || bytes > FILE_SYSTEM_NAME) {
    return `a file's name has 1 to ${LIMITS.fileName} characters`;
  }
  if (INVISIBLE.test(name) || name.startsWith(' ') || name.endsWith(' ')) {
    return "a file's name has visible characters only";
  }
  if (/[/\\]|\.\./.test(name) || name === '.') return "a file's name has no slashes and no ..";
  const same = (file: PadFile): boolean => file.name.toLowerCase() === name.toLowerCase();
  if (files.some(file => file !== renamed && same(file))) return 'there is a file with this name';
  return null;
}

/**
 * The files after a change of language: a first file with its default name gets the new default
 * name.
 */
export function followLanguage(
  files: readonly PadFile[],
  before: Language,
  after: Language
): readonly PadFile[] {
  const name = firstName(after);
  if (files.some(file => file.name.toLowerCase() === name)) return files;
  return files.map(file =>
    file.root === MAIN_FILE && file.name === firstName(before) ? { ...file, name } : file
  );
}

/** A command about files: an event that a client may send. */
export type FileCommand = Extract<
  ClientEvent,
  { type: 'file-add' | 'file-rename' | 'file-delete' | 'file-main' }
>;

type FileEvent = {
  [T in 'file-added' | 'file-renamed' | 'file-deleted' | 'main-file-changed']: {
    type: T;
    payload: LoggedEvents[T];
  };
}['file-added' | 'file-renamed' | 'file-deleted' | 'main-file-changed'];

/** Whether `event` is a command about files; its effect shows when the log has it, not before. */
export function isFileCommand(event: ClientEvent): event is FileCommand {
  return /^file-(add|rename|delete|main)$/.test(event.type);
}

/** The root of the next file, after all `roots` so far: no two files ever share one. */
export function newRoot(roots: Iterable<string>): string {
  const numbers = Array.from(roots, root => Number(root.split('/')[1] ?? 0));
  return `${MAIN_FILE}/${Math.max(0, ...numbers) + 1}`;
}

/**
 * The event that the log gets for `command`; a new file has the root `root`. Raises `Error` with text for
 * people where the command is refused. A server decides in the same way; this is for logs in a
 * browser.
 */
export function decideFile(
  { files, main }: Files,
  command: FileCommand,
  userId: string,
  root: string
): FileEvent {
  const found = (name: string): PadFile => {
    const file = files.find(each => each.name === name.normalize('NFC'));
    if (!file) throw new Error('there is no file with this name');
    return file;
  };
  const checked = (name: string, renamed?: PadFile): string => {
    const normal = name.normalize('NFC');
    const problem = rejected(files, normal, renamed);
    if (problem !== null) throw new Error(problem);
    return normal;
  };
  switch (command.type) {
    case 'file-add': {
      if (files.length >= LIMITS.files) {
        throw new Error(`a session has ${LIMITS.files} files at most`);
      }
      const name = checked(command.payload.name);
      return { type: 'file-added', payload: { userId, name, root } };
    }
    case 'file-rename': {
      const { name: from, root } = found(command.payload.from);
      const name = checked(command.payload.to, found(command.payload.from));
      return { type: 'file-renamed', payload: { userId, from, name, root } };
    }
    case 'file-delete': {
      const { name, root } = found(command.payload.name);
      if (root === main) {
        throw new Error('the main file cannot be deleted: make another one the main file first');
      }
      return { type: 'file-deleted', payload: { userId, name, root } };
    }
    case 'file-main': {
      const { name, root } = found(command.payload.name);
      return { type: 'main-file-changed', payload: { userId, name, root } };
    }
  }
}
