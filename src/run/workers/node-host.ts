/** What the modules of Node get from the worker, and what they give to it. */
import type { Input } from './input';
import type { Output } from './output';

/** The program that uses the modules. */
export interface Host {
  output: Output;
  input: Input;
  main: string;
  /** The texts of its files by name; a program that writes changes them for itself. */
  files: Map<string, string>;
  /** End the program, with an error or null, without what it still waits for. */
  exit: (error: string | null) => void;
  /** Counted timers: the program goes on while one is left. */
  later: (act: () => void) => void;
  /** A thrown value as text for people. */
  explain: (thrown: unknown) => string;
  setTimeout: (act: () => void, milliseconds: number) => unknown;
}

/** The modules of Node for one program. */
export interface NodeLibrary {
  modules: Readonly<Record<string, unknown>>;
  globals: Readonly<Record<string, unknown>>;
  /** Run what waits for `process.nextTick`. */
  tick: () => void;
  /** Whether a value is worth showing: not a stream, or anything else that is only listened to. */
  isShown: (value: unknown) => boolean;
  /** Called when the program has nothing left to do; its error as text for people, or null. */
  end: () => Promise<string | null>;
}

export type CreateNode = (host: Host) => NodeLibrary;
