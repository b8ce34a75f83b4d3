/** How a person's JavaScript files become one program. */
import { describe, expect, it } from 'vitest';
import { link } from './link';

/** Link with numbered URLs; returns also the modules, in the order of their numbers. */
function linked(code: string, files: Record<string, string>) {
  const modules: string[] = [];
  const program = link(
    { main: 'main.js', code, files },
    {
      extension: '.js',
      translate: text => ({ code: text, place: at => at }),
      keepState: false,
      urlOf: ({ code: module }, file) => `blob:${modules.push(`${file}: ${module}`)}`
    }
  );
  return { ...program, modules };
}

describe('a program of several files', () => {
  it('imports each by the URL of its module, made once', () => {
    const { code, modules } = linked(
      "import { a } from './a.js'\nimport b from \"./b c.js\"\nexport * from './a.js'\na + b",
      { 'a.js': 'export const a = 1', 'b c.js': "import './a.js'\nexport default 2", 'c.js': '' }
    );
    expect(modules).toEqual([
      'a.js: export const a = 1',
      'b c.js: import "blob:1"\nexport default 2'
    ]);
    expect(code).toBe(
      'import { a } from "blob:1"\nimport b from "blob:2"\nexport * from "blob:1"\n' +
        'export default (a + b);'
    );
  });

  it('imports names without their extension', () => {
    expect(linked("import './a'", { 'a.js': '1' }).modules).toEqual(['a.js: 1']);
  });

  it('is unchanged where it imports none of them', () => {
    const code = "import 'x'\nconst s = './a.js'";
    const { code: made, modules } = linked(code, { 'a.js': '1 +' });
    expect(made).toBe(code);
    expect(modules).toEqual([]);
  });

  it.each([
    [
      'a file that is not there',
      "let x\nimport './b.js'",
      /^main\.js:2\n.*\n {7}\^\n.*no file ".\/b\.js"/
    ],
    ['a name that every object has', "import './toString'", /no file/],
    ['an error in an imported file', "import './a.js'", /^a\.js:1\nlet = \n.*\^\nSyntaxError/s],
    ['a circle', "import './c.js'", /c\.js → d\.js → c\.js/]
  ])('says where it fails: %s', (_, code, message) => {
    const files = { 'a.js': 'let = ', 'c.js': "import './d.js'", 'd.js': "export * from './c.js'" };
    expect(() => linked(code, files)).toThrow(message);
  });
});
