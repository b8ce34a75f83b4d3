/**
 * Compiles a file of a program into one function, which the loader calls. Lines keep their numbers.
 *
 * A module of the language becomes a function too, because files may import each other in a circle, and
 * an engine loads a module from a blob only when the addresses of all its imports are known. Imported names
 * become properties of namespace objects, which are always current; exported ones become getters.
 */
import type { Node, Program as Tree } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import type { Location } from '../../protocol/wire';
import { Changes } from './changes';
import { declaredNames } from './declared';
import { readImports, rewriteImported, type Import } from './imports';
import { COMMONJS, parseFile, type Translated } from './syntax';

/** A compiled file. */
export interface Module {
  kind: 'module' | 'commonjs';
  /** The static imports of a module. */
  imports: readonly Import[];
  /** The literal names in calls of `require` and `import`. */
  requires: readonly string[];
  /** The names that a module exports itself, and the imports whose names it exports all. */
  exports: ReadonlySet<string>;
  stars: readonly number[];
  /** Whether it has an `await` at its top level. */
  waits: boolean;
  /** The text of its function behind `before`; a module whose imports wait is `async`, too. */
  code: (before: string, isAsync: boolean) => string;
  /** Maps a place in that text to the original source. */
  place: (at: Location) => Location;
  /** Whether a place in that text stands for nothing in the source. */
  isOurs: (at: Location) => boolean;
}

/** Options of the compiler. */
interface Making {
  /** Whether it is the program's main file: the function returns the value of its last expression. */
  isMain: boolean;
  /** Whether later programs can use the names that it declares. */
  keepState: boolean;
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
/** Code in these belongs to no function, and cannot wait either. */
const INITIALIZERS = ['PropertyDefinition', 'StaticBlock'];

/** The place of text that stands for nothing in the source. */
const NOWHERE: Location = { line: 1, column: 0 };

/** Compile a translated file. Raises `ParseError`. */
export function compile(source: Translated, { isMain, keepState }: Making): Module {
  const { code } = source;
  const tree = parseFile(code);
  const kind = tree.sourceType === 'module' ? 'module' : 'commonjs';
  const changes = new Changes(code);
  if (code.startsWith('#!')) {
    changes.add(0, '//', 2);
  }
  const { imports, exported, stars, bindings } = readImports(tree, code, changes);
  const declared = declaredNames(tree);
  const first = tree.body.find(
    statement => !('directive' in statement && typeof statement.directive === 'string')
  );
  if (isMain && keepState && declared.length > 0) {
    changes.add(first?.start ?? 0, `${accessors(declared)};`);
  }
  const last = tree.body.at(-1);
  const value =
    isMain &&
    last?.type === 'ExpressionStatement' &&
    typeof last.directive !== 'string' &&
    !isSilent(last.expression, code)
      ? last
      : null;
  // Additions at one place keep the order in which they were made.
  if (value !== null) {
    changes.add(value.start, 'return (');
  }
  const isMath = !declared.includes('Math') && !bindings.has('Math');
  const isPrompt = !declared.includes('prompt') && !bindings.has('prompt');
  const found = visit(tree, code, changes, {
    isMath,
    isPrompt,
    mayWait: kind === 'module' || isMain
  });
  if (bindings.size > 0) {
    rewriteImported(tree, changes, bindings, value);
  }
  if (value !== null) {
    const closed = code[value.end - 1] === ';';
    changes.add(closed ? value.end - 1 : value.end, closed ? ')' : ');');
  }
  const names = new Set([...declared, ...bindings.keys()]);
  const parameters = (
    kind === 'module' ? ['__module', 'require'] : [...COMMONJS, '__module']
  ).filter(name => kind === 'commonjs' || !names.has(name));
  let head = new Changes('');
  return {
    kind,
    imports,
    requires: found.requires,
    exports: new Set(exported.keys()),
    stars,
    waits: found.waits,
    code: (before, isAsync) => {
      head = new Changes('');
      head.add(
        0,
        `${before}(${isAsync ? 'async ' : ''}function(${parameters.join()}){`,
        0,
        NOWHERE
      );
      if (kind === 'module') {
        const getters = [...exported].map(([name, from]) => `${JSON.stringify(name)}:()=>${from}`);
        head.add(0, `"use strict";__module.exports({${getters.join()}});`, 0, NOWHERE);
        imports.forEach(({ at }, index) => {
          const link = `${isAsync ? 'await ' : ''}__module.link(${index})`;
          head.add(0, `const __import${index}=__module.imported(${index});${link};`, 0, at);
        });
      }
      return `${head.apply()}${changes.apply()}\n})`;
    },
    place: at => {
      const length = at.line === 1 ? head.apply().length : 0;
      return source.place(
        at.column < length
          ? head.before(at)
          : changes.before({ line: at.line, column: at.column - length })
      );
    },
    isOurs: at => at.line === 1 && at.column < head.apply().length && head.before(at) === NOWHERE
  };
}

/** Change what a function cannot have as it is; returns what was found. */
function visit(
  tree: Tree,
  code: string,
  changes: Changes,
  { isMath, isPrompt, mayWait }: { isMath: boolean; isPrompt: boolean; mayWait: boolean }
): { requires: string[]; waits: boolean } {
  const requires: string[] = [];
  let waits = false;
  fullAncestor(tree, (node, _, ancestors: Node[]) => {
    const around = (): Node | undefined =>
      ancestors.findLast(
        each => each !== node && (FUNCTIONS.includes(each.type) || INITIALIZERS.includes(each.type))
      );
    switch (node.type) {
      case 'AwaitExpression':
        waits ||= around() === undefined;
        break;
      case 'ForOfStatement':
        waits ||= (node as Node & { await: boolean }).await && around() === undefined;
        break;
      case 'ImportExpression': {
        changes.add(node.start, '__module.import', 'import'.length);
        requires.push(...literal((node as Node & { source: Node }).source));
        break;
      }
      case 'MetaProperty':
        if ((node as Node & { meta: { name: string } }).meta.name === 'import') {
          changes.add(node.start, '__module.meta', node.end - node.start);
        }
        break;
      case 'CallExpression': {
        const { callee, arguments: given } = node as Node & { callee: Node; arguments: Node[] };
        const name = (callee as Node & { name?: string }).name;
        if (name === 'require' && given[0] !== undefined) {
          requires.push(...literal(given[0]));
        } else if (name === 'prompt' && isPrompt) {
          const owner = around();
          if (owner === undefined ? mayWait : mayAwait(owner, node)) {
            waits ||= owner === undefined;
            // A worker can wait only by `await`.
            changes.add(node.start, '(await ');
            changes.add(callee.end, '.wait');
            changes.add(node.end, ')');
          }
        } else if (isMath && given[0]?.type === 'SpreadElement' && given.length === 1) {
          if (/^Math\.(?:max|min)$/.test(code.slice(callee.start, callee.end))) {
            changes.add(callee.end, '.all');
            changes.add(given[0].start, '', '...'.length);
          }
        }
        break;
      }
    }
  });
  return { requires, waits };
}

/** Calls whose values tell nobody anything: of timers, and of the program's process. */
const SILENT = /^(?:set(?:Timeout|Interval|Immediate)|process\.[\w.]+)$/;

function isSilent(node: Node, code: string): boolean {
  const { type, callee } = node as Node & { callee?: Node };
  return type === 'CallExpression' && SILENT.test(code.slice(callee?.start, callee?.end).trim());
}

/** The value of a literal text, if it is one. */
function literal(node: Node): string[] {
  const { type, value } = node as Node & { value?: unknown };
  return type === 'Literal' && typeof value === 'string' ? [value] : [];
}

function mayAwait(around: Node, call: Node): boolean {
  const { async, body } = around as Node & { async?: boolean; body?: Node };
  return async === true && body !== undefined && call.start >= body.start;
}

/** Code that makes a file's names readable and writable as global names. */
function accessors(names: readonly string[]): string {
  const each = names.map(
    name => `${name}:{get:()=>${name},set:value=>{${name}=value},configurable:true,enumerable:true}`
  );
  return `Object.defineProperties(globalThis,{${each.join()}})`;
}
