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
  export interface Statement {
    step(): boolean;
    get(): (number | string | Uint8Array | null)[];
    getColumnNames(): string[];
    getSQL(): string;
    free(): boolean;
  }
  export interface Database {
    run(sql: string): Database;
    iterateStatements(sql: string): {
      next(): { done: true; value?: undefined } | { done: false; value: Statement };
    };
    getRowsModified(): number;
  }
  export default function initSqlJs(config: {
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void
    ): object;
  }): Promise<{ Database: new () => Database }>;
}
