/** SQL as tokens, as SQLite splits it. */

export interface Token {
  text: string;
  /** Offset in the code. */
  start: number;
}

/**
 * Space and comments, then a token as SQLite splits text: a string, a quoted name, a blob, a number,
 * a word or a parameter, or one other character.
 * https://sqlite.org/src/file/src/tokenize.c
 */
const TOKEN = new RegExp(
  [
    String.raw`(?:[ \t\n\f\r\ufeff]+|--[^\n]*|\/\*[^]*?(?:\*\/|$))`,
    String.raw`([xX]?'[^']*(?:''[^']*)*'?|"[^"]*(?:""[^"]*)*"?|` + '`[^`]*(?:``[^`]*)*`?',
    String.raw`\[[^\]]*\]?`,
    String.raw`\.?\d(?:[eE][+-]?\d|[\w.$\u0080-\uffff])*`,
    String.raw`[?:@$#]?[\w$\u0080-\uffff]+`,
    String.raw`[<>=!|]=|<>|<<|>>|\|\||->>?|[^])`
  ].join('|'),
  'y'
);

/** The tokens of `code` from the offset `at` on. */
export function* tokensOf(code: string, at: number): Generator<Token> {
  for (let next = at; next < code.length;) {
    TOKEN.lastIndex = next;
    const [whole = '', text] = TOKEN.exec(code) ?? [];
    if (text !== undefined) {
      yield { text, start: next };
    }
    next += Math.max(1, whole.length);
  }
}
