/** What the runtime build resolves for the workers, as types. */

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
