/** The imports and exports of a module, and how its text changes for them. */
import type { Identifier, Literal, Node, Program as Tree } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { analyze } from 'eslint-scope';
import type { Location } from '../../protocol/wire';
import type { Changes } from './changes';
import { namesIn } from './declared';

/** A static import, also that of an `export … from`. Places are in the translated text. */
export interface Import {
  name: string;
  /** The place of the statement, and of the name in it. */
  at: Location;
  nameAt: Location;
  /** The names that it wants, each with its place. */
  wants: readonly { name: string; at: Location }[];
}

interface ImportsAndExports {
  imports: Import[];
  /** An expression for each name that is exported. */
  exported: Map<string, string>;
  /** The indices of imports whose names are all exported. */
  stars: number[];
  /** An expression for each local name that is imported. */
  bindings: Map<string, string>;
}

/** Offsets in a text. */
type Positions = Record<'callees' | 'shorthands' | 'starts' | 'exports', Set<number>>;

/** Read the imports and exports of a module, and remove them from its text. */
export function readImports(tree: Tree, code: string, changes: Changes): ImportsAndExports {
  const imports: Import[] = [];
  const exported = new Map<string, string>();
  const stars: number[] = [];
  const bindings = new Map<string, string>();
  const start = ({ loc }: Node): Location => loc?.start ?? { line: 1, column: 0 };
  const add = (statement: Node, source: Literal, wants: Import['wants']): string => {
    const name = String(source.value);
    imports.push({ name, at: start(statement), nameAt: start(source), wants });
    return `__import${imports.length - 1}`;
  };
  /** Names that are exported by themselves; imported ones get their expressions at the end. */
  const locals = new Map<string, string>();
  for (const statement of tree.body) {
    switch (statement.type) {
      case 'ImportDeclaration': {
        const wants: { name: string; at: Location }[] = [];
        const from = add(statement, statement.source, wants);
        for (const specifier of statement.specifiers) {
          const { name } = specifier.local;
          if (specifier.type === 'ImportNamespaceSpecifier') {
            bindings.set(name, from);
          } else {
            const wanted =
              specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
            wants.push({ name: wanted, at: start(specifier) });
            bindings.set(name, member(from, wanted));
          }
        }
        changes.remove(statement.start, statement.end);
        changes.add(statement.end, ';');
        break;
      }
      case 'ExportAllDeclaration': {
        const from = add(statement, statement.source, []);
        if (statement.exported) {
          exported.set(nameOf(statement.exported), from);
        } else {
          stars.push(imports.length - 1);
        }
        changes.remove(statement.start, statement.end);
        changes.add(statement.end, ';');
        break;
      }
      case 'ExportNamedDeclaration': {
        const { declaration, source, specifiers } = statement;
        if (declaration) {
          changes.remove(statement.start, declaration.start);
          const names =
            declaration.type === 'VariableDeclaration'
              ? declaration.declarations.flatMap(({ id }) => namesIn(id))
              : [declaration.id.name];
          names.forEach(name => locals.set(name, name));
          break;
        }
        const wants = specifiers.map(each => ({ name: nameOf(each.local), at: start(each) }));
        const from = source ? add(statement, source, wants) : null;
        for (const { local, exported: as } of specifiers) {
          const name = nameOf(local);
          if (from === null) {
            locals.set(nameOf(as), name);
          } else {
            exported.set(nameOf(as), member(from, name));
          }
        }
        changes.remove(statement.start, statement.end);
        changes.add(statement.end, ';');
        break;
      }
      case 'ExportDefaultDeclaration': {
        const { declaration } = statement;
        const isFunction = declaration.type === 'FunctionDeclaration';
        if ((isFunction || declaration.type === 'ClassDeclaration') && declaration.id !== null) {
          changes.remove(statement.start, declaration.start);
          locals.set('default', declaration.id.name);
        } else if (isFunction) {
          changes.remove(statement.start, declaration.start);
          // It has a name, because as any function it exists before the module runs.
          const head =
            /^(?:async\s+)?function\s*\*?/.exec(code.slice(declaration.start))?.[0] ?? '';
          changes.add(declaration.start + head.length, ' __default');
          exported.set('default', '__default');
        } else {
          // A property gives its name "default" to a function or class without one.
          const { start: from, end: to } = declaration;
          changes.add(statement.start, 'const __default={default:', from - statement.start);
          changes.add(to, declaration.type === 'ClassDeclaration' ? '};' : '}');
          exported.set('default', '__default.default');
        }
        break;
      }
    }
  }
  for (const [name, local] of locals) {
    exported.set(name, bindings.get(local) ?? local);
  }
  return { imports, exported, stars, bindings };
}

/**
 * Replace the names that are imported by their expressions, wherever they are used. `value` is the last
 * statement, if its value is returned.
 */
export function rewriteImported(
  tree: Tree,
  changes: Changes,
  bindings: ReadonlyMap<string, string>,
  value: Node | null
): void {
  const { callees, shorthands, starts, exports } = positions(tree, value);
  const { globalScope } = analyze(tree as Parameters<typeof analyze>[0], {
    ecmaVersion: 2022,
    sourceType: 'module'
  });
  for (const variable of globalScope.childScopes[0]?.variables ?? []) {
    const expression = bindings.get(variable.name);
    if (expression === undefined) {
      continue;
    }
    for (const { identifier } of variable.references) {
      const { start, end, name } = identifier as unknown as Identifier;
      if (exports.has(start)) {
        continue;
      }
      if (shorthands.has(start)) {
        changes.add(end, `:${expression}`);
      } else if (callees.has(start) && /[.[]/.test(expression)) {
        // A function that is imported has no `this`.
        changes.addCalled(start, `${starts.has(start) ? ';' : ''}(0,${expression})`, name.length);
      } else {
        changes.add(start, expression, name.length);
      }
    }
  }
}

/**
 * The offsets of names that are called, that stand for a property and its value, and in exports; and of
 * statements that may follow one without a semicolon.
 */
function positions(tree: Tree, value: Node | null): Positions {
  const found: Positions = {
    callees: new Set<number>(),
    shorthands: new Set<number>(),
    starts: new Set<number>(),
    exports: new Set<number>()
  };
  fullAncestor(tree, (node, _, ancestors: Node[]) => {
    const { callee, tag, shorthand, local } = node as Node & Partial<Record<string, Node>>;
    switch (node.type) {
      case 'CallExpression':
        found.callees.add(callee?.start ?? -1);
        break;
      case 'TaggedTemplateExpression':
        found.callees.add(tag?.start ?? -1);
        break;
      case 'Property':
        if (shorthand) {
          found.shorthands.add(node.start);
        }
        break;
      case 'ExportSpecifier':
        found.exports.add(local?.start ?? -1);
        break;
      case 'ExpressionStatement': {
        const parent = ancestors.at(-2)?.type ?? '';
        if (node !== value && /^(Program|BlockStatement|SwitchCase|StaticBlock)$/.test(parent)) {
          found.starts.add(node.start);
        }
        break;
      }
    }
  });
  return found;
}

function nameOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value);
}

function member(from: string, name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `${from}.${name}`
    : `${from}[${JSON.stringify(name)}]`;
}
