/**
 * Protects Python's stack: recursion that is too deep is a RecursionError, and does not end the worker.
 *
 * CPython measures its own stack, which is in WebAssembly's memory. But a program runs on the browser's
 * stack as well, which WebAssembly cannot measure and which is the first to overflow. So CPython is told
 * that its stack is small. Some functions need little of that one and much of the other: they are made
 * to take more. Thus CPython also puts a long chain of objects aside, which it deallocates, in time.
 */
import type { PyodideAPI } from 'pyodide';
import { canSuspend } from '../languages';

/**
 * Bytes of Python's stack on a stack that can be suspended, and on another, which Chromium makes half as
 * large. Measured in Chromium 156 and Firefox 153: the browser's stack overflows at 271 kB and at 179 kB
 * of the kind of recursion that needs most of it.
 */
const SIZE = { suspendable: 200 * 1024, plain: 104 * 1024 };

/** Offsets in a type object, in bytes, and its flags: it is made by a program, and it has references. */
const TP_FLAGS = 84;
const HEAP_TYPE = 1 << 9;
const HAVE_GC = 1 << 14;

/**
 * The functions of types that call those of other objects with little use of Python's stack: `tp_dealloc`,
 * `tp_repr` and `tp_richcompare`. Each has its offset, the numbers of its parameters and results, and
 * whether that is so for types of programs, too.
 */
const SLOTS = [
  { offset: 24, parameters: 1, results: 0, ofPrograms: true },
  { offset: 44, parameters: 1, results: 1, ofPrograms: false },
  { offset: 100, parameters: 3, results: 1, ofPrograms: false }
];

/**
 * A WebAssembly module with a function `d`, which calls another with 256 bytes less of Python's stack. For
 * one parameter, it is:
 *
 *     (import "e" "s" (global $stack (mut i32)))
 *     (import "e" "f" (func $function (param i32)))
 *     (func (export "d") (param i32)
 *       (global.set $stack (i32.sub (global.get $stack) (i32.const 256)))
 *       (call $function (local.get 0))
 *       (global.set $stack (i32.add (global.get $stack) (i32.const 256))))
 */
function takesMore(parameters: number, results: number): WebAssembly.Module {
  const types = (count: number): number[] => [count, ...Array<number>(count).fill(0x7f)];
  const section = (id: number, ...bytes: number[]): number[] => [id, bytes.length, ...bytes];
  const move = (operation: number): number[] => [0x23, 0, 0x41, 0x80, 0x02, operation, 0x24, 0];
  const given = Array.from({ length: parameters }, (_, at) => [0x20, at]).flat();
  const body = [0, ...move(0x6b), ...given, 0x10, 0, ...move(0x6a), 0x0b];
  return new WebAssembly.Module(
    Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, 1, 0x60, ...types(parameters), ...types(results)),
      ...section(2, 2, ...[1, 0x65, 1, 0x73, 3, 0x7f, 1], ...[1, 0x65, 1, 0x66, 0, 0]),
      ...section(3, 1, 0),
      ...section(7, 1, 1, 0x64, 0, 1),
      ...section(10, 1, body.length, ...body)
    ])
  );
}

/** Pyodide's WebAssembly module. */
interface Internals {
  _module: {
    HEAPU32: Uint32Array;
    ___stack_pointer: WebAssembly.Global;
    wasmTable: WebAssembly.Table;
    _PyThreadState_Get(): number;
    _PyUnstable_ThreadState_SetStackProtection(thread: number, start: number, size: number): number;
    _emscripten_stack_get_base(): number;
  };
}

/**
 * Prepare an interpreter; `types` are the addresses of all its types. Returns a function that
 * Python has to call whenever it is entered: Pyodide makes a thread's state for each such call.
 */
export function stackProtection(pyodide: PyodideAPI, types: readonly number[]): () => void {
  const { _module: python } = pyodide as unknown as Internals;
  const read = (type: number, offset: number): number => python.HEAPU32[(type + offset) >> 2] ?? 0;
  const containers = types.filter(type => read(type, TP_FLAGS) & HAVE_GC);
  for (const { offset, parameters, results, ofPrograms } of SLOTS) {
    const module = takesMore(parameters, results);
    const some = containers.filter(type => ofPrograms || !(read(type, TP_FLAGS) & HEAP_TYPE));
    const functions = new Set(some.map(type => read(type, offset)));
    functions.delete(0);
    for (const index of functions) {
      const e = { s: python.___stack_pointer, f: python.wasmTable.get(index) as () => void };
      const { d } = new WebAssembly.Instance(module, { e }).exports;
      python.wasmTable.set(index, d);
    }
  }
  const size = canSuspend() ? SIZE.suspendable : SIZE.plain;
  const start = python._emscripten_stack_get_base() - size;
  return () => {
    const thread = python._PyThreadState_Get();
    python._PyUnstable_ThreadState_SetStackProtection(thread, start, size);
  };
}
