/** Types of the modules that the runtime build resolves for the workers. */

/** Python source, as text. */
declare module '*.py' {
  const source: string;
  export default source;
}

/** Pyodide's WebAssembly glue, with the heap limit written in by the build. */
declare module 'pyodide/pyodide.asm.mjs' {
  const createPyodideModule: () => unknown;
  export default createPyodideModule;
}

/** SQLite for browsers; the part of its types that we use. */
declare module 'sql.js/dist/sql-wasm-browser.js' {
  type SqlValue = bigint | number | string | Uint8Array | null;
  export interface Statement {
    step(): boolean;
    /** The values of a row; with `useBigInt`, integers are bigint, and reals are numbers. */
    get(values?: number[] | null, config?: { useBigInt: boolean }): SqlValue[];
    reset(): void;
    getColumnNames(): string[];
    getSQL(): string;
    free(): boolean;
  }
  export interface Database {
    run(sql: string): Database;
    prepare(sql: string): Statement;
    iterateStatements(sql: string): {
      next(): { done: true; value?: undefined } | { done: false; value: Statement };
      return(): unknown;
    };
    getRowsModified(): number;
  }
  export default function initSqlJs(config: {
    useOldExtensionFunctions: boolean;
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void
    ): object;
  }): Promise<{ Database: new () => Database }>;
}

/** What the types of the package leave out: the columns of a text on a terminal. */
declare module 'node-inspect-extracted' {
  const util: { getStringWidth(text: string): number };
  export default util;
}
