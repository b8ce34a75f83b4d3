/** How a person's files become one program. */
import { describe, expect, it } from 'vitest';
import { Program } from './link';

async function linked(code: string, files: Record<string, string> = {}): Promise<Program> {
  const program = new Program(
    { main: 'main.js', code, files },
    {
      extension: '.js',
      translate: text => ({ code: text, place: at => at }),
      keepState: false,
      explain: (_, { message, location }) => Promise.resolve({ message, at: location })
    }
  );
  await program.read();
  program.check(name => (name === 'fs' ? new Set(['default', 'readFileSync']) : null));
  return program;
}

describe('a program of several files', () => {
  it('may be a circle, also with its main file', async () => {
    const files = { 'a.js': "import { b } from './main'\nexport const a = 1" };
    const program = await linked("import { a } from './a.js'\nexport const b = 2", files);
    expect(program.isAsync(program.file('main.js'))).toBe(false);
  });

  it('waits where a file that it imports waits', async () => {
    const files = { 'a.js': "import './b.js'", 'b.js': "import './a.js'\nawait 1" };
    const program = await linked("import './a.js'", files);
    expect(program.isAsync(program.file('main.js'))).toBe(true);
  });

  it('knows whether it uses Node', async () => {
    const uses = async (code: string, files = {}): Promise<boolean> =>
      (await linked(code, files)).usesNode;
    expect(await uses('console.log(1)')).toBe(false);
    expect(await uses('process.exit()')).toBe(true);
    expect(await uses("import fs from 'node:fs'")).toBe(true);
    expect(await uses("import './a.js'", { 'a.js': "it('adds', () => 1)" })).toBe(true);
    expect(await uses('1', { 'a.js': 'process.exit()' })).toBe(false);
  });

  it.each([
    [
      'a file that is not there',
      "let x\nimport './b.js'",
      /^main\.js:2\n.*\n {7}\^\n.*there is no file/
    ],
    ['a name that every object has', "import './toString'", /there is no file/],
    ['an error in an imported file', "import './a.js'", /^a\.js:1\nlet = \n.*\^\nSyntaxError/s],
    ['a package', "import _ from 'lodash'", /Cannot find package 'lodash' imported from main\.js/],
    ['a part of Node', "import 'node:http'", /Cannot find module 'node:http'.*not in a browser/],
    ['an address', "import 'https://x.example/a.js'", /nothing beyond its sandbox/],
    [
      'a name that a file lacks',
      "import {\n  c } from './c.js'",
      /^main\.js:2\n.*\n {2}\^\n.*'c'/s
    ],
    ['a name that a module lacks', "import { nothing } from 'fs'", /export named 'nothing'/]
  ])('says where it fails: %s', async (_, code, message) => {
    const files = { 'a.js': 'let = ', 'c.js': 'export const d = 1' };
    await expect(linked(code, files)).rejects.toThrow(message);
  });

  it('fails later where it loads a file later', async () => {
    await expect(linked("require('./b'); import('./b')")).resolves.toBeInstanceOf(Program);
  });
});
