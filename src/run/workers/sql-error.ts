/** The place of an error in SQL, which SQLite does not tell: found by its statement and its token. */
import { hintFor } from './sql-hints';
import { tokensOf, type Token } from './sql-tokens';

/** An error with its place. */
export interface Found {
  /** The message, with a hint where SQLite has another word for what was meant. */
  message: string;
  /** Where the statement begins, and the token that the message names, if it is known. */
  start: number;
  token: Token | null;
}

/**
 * Find the place of the error `message` in the statement that begins after `at`. `explain` compiles
 * SQL, and returns the message of its error, or null.
 */
export function findError(
  message: string,
  code: string,
  at: number,
  explain: (sql: string) => string | null
): Found {
  const tokens = [...tokensOf(code, at)];
  const first = tokens.findIndex(({ text }) => text !== ';');
  const statement = first === -1 ? [] : tokens.slice(first);
  const start = statement[0]?.start ?? at;
  const token = tokenOf(message, code, statement, explain);
  return { message: message + hintFor(message, code, start, token), start, token };
}

function tokenOf(
  message: string,
  code: string,
  tokens: readonly Token[],
  explain: (sql: string) => string | null
): Token | null {
  if (message === 'incomplete input') {
    const last = tokens.at(-1);
    return last ? { text: '', start: last.start + last.text.length } : null;
  }
  const word = /^(?:near|unrecognized token:) "([^]*)"(?:: syntax error)?$/.exec(message)?.[1];
  if (word !== undefined) {
    // The parser reads from left to right: text that ends with the token that it rejects gives the
    // same error, and so does any longer text, but no shorter text does.
    const same = tokens.filter(({ text }) => text === word);
    const from = tokens[0]?.start ?? 0;
    return firstWhere(
      same,
      ({ start }) => explain(code.slice(from, start + word.length)) === message
    );
  }
  return namedIn(message, tokens);
}

/** The first of `tokens` for which `holds` is true, as it is for all that follow it. */
function firstWhere(tokens: readonly Token[], holds: (token: Token) => boolean): Token | null {
  let low = 0;
  let high = tokens.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const token = tokens[middle];
    if (token !== undefined && holds(token)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return tokens[low] ?? null;
}

/** Messages that name what the statement names, and the number of its mention that is wrong. */
const NAMES: readonly (readonly [RegExp, number])[] = [
  [/no such (?:column|table|view|index|trigger|window|table-valued function): (.+)$/, 0],
  [/no such (?:function|collation sequence|savepoint|module): (.+)$/, 0],
  [/(?:ambiguous column name|cannot join using column|circular reference): (.+)$/, 0],
  [/^table .+ has no column named (.+)$/, 0],
  [/^(?:table|view|index|trigger) (.+) already exists$/, 0],
  [/^table (.+) has \d+ columns but \d+ values were supplied$/, 0],
  [/^misuse of (?:aggregate function|window function|aggregate|window):? (.+)\(\)$/, 0],
  [/^wrong number of arguments to function (.+)\(\)$/, 0],
  [/^unknown column "(.+)" in foreign key definition$/, 0],
  [/^duplicate column name: (.+)$/, 1]
];

function namedIn(message: string, tokens: readonly Token[]): Token | null {
  const plain = message.replace(/ - should this be .*$/, '');
  for (const [pattern, mention] of NAMES) {
    const name = pattern.exec(plain)?.[1];
    if (name !== undefined) {
      const parts = name.replace(/^"(.*)"$/, '$1').split('.');
      const called = /function|misuse/.test(plain);
      const found = mentions(tokens, parts, called);
      const all = found.length > 0 ? found : mentions(tokens, parts.slice(-1), called);
      return all[mention] ?? all[0] ?? null;
    }
  }
  return null;
}

/** The places of a name, of which `parts` are what dots separate; a function is `called`. */
function mentions(tokens: readonly Token[], parts: readonly string[], called: boolean): Token[] {
  const words = parts.join('\n.\n').toLowerCase().split('\n');
  return tokens.filter((_, index) => {
    const before = tokens[index - 1]?.text.toUpperCase() ?? '';
    return (
      words.every((word, offset) => nameOf(tokens[index + offset]?.text ?? '') === word) &&
      before !== '.' &&
      before !== 'AS' &&
      (!called || tokens[index + words.length]?.text === '(')
    );
  });
}

/** The name that a token stands for, in lower case, without quotation marks. */
function nameOf(token: string): string {
  const text = token.toLowerCase();
  const quote = text[0] ?? '';
  if (quote === '[') {
    return text.slice(1, -1);
  }
  return quote === '"' || quote === '`' ? text.slice(1, -1).replaceAll(quote + quote, quote) : text;
}
