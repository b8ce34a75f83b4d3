/** The declarations that TypeScript programs are checked against: the language, Node's, and our own. */
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const lib = dirname(require.resolve('typescript'));

/** The packages with declarations of Node. */
export const DECLARATIONS = ['@types/node', 'undici-types'];

/** What programs have here and not in Node. */
const OURS = `
declare function prompt(question?: string): string | null;
declare const describe: any, it: any, test: any, expect: any;
declare const before: any, after: any, beforeEach: any, afterEach: any;
declare const beforeAll: any, afterAll: any;
`;

/** All declarations by path, as JSON; without comments they are a third as long. */
export async function typescriptTypes() {
  const files = { '/arena.d.ts': OURS };
  for (const name of await readdir(lib)) {
    if (/^lib\.(es|decorators)[\w.]*\.d\.ts$/.test(name) && !name.endsWith('.full.d.ts')) {
      files[`/lib/${name}`] = await readFile(join(lib, name), 'utf8');
    }
  }
  for (const name of DECLARATIONS) {
    const folder = dirname(require.resolve(`${name}/package.json`));
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && /(\.d\.ts|^package\.json)$/.test(entry.name)) {
        files[`/node_modules/${name}/${relative(folder, path)}`] = await readFile(path, 'utf8');
      }
    }
  }
  const plain = Object.entries(files).map(([path, text]) => [
    path,
    path.endsWith('.d.ts') ? withoutComments(path, text) : text
  ]);
  return Buffer.from(JSON.stringify(Object.fromEntries(plain)));
}

/** A declaration file without its comments, but with its references to others. */
function withoutComments(path, text) {
  const references = text.match(/^\/\/\/ <reference.*$/gm) ?? [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const printed = ts.createPrinter({ removeComments: true }).printFile(source);
  return [...references, printed].join('\n');
}
