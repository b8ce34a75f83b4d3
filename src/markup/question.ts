/**
 * The Markdown of a question as a bounded tree of pieces. HTML in the text is text. Links have the
 * schemes http, https and mailto. Pictures must be in the text, and are small.
 */
import { decodeHTMLStrict } from 'entities/decode';
import type { MarkedToken, Token, Tokens } from 'marked';

import { MAX_PIECES, MAX_RESULT } from './messages';
import type { Piece, PlainTag } from './messages';
import { parser } from './parser';
import { textCost } from './text-cost';
import { pixelsOf } from './picture-size';

/** The most levels of nested blocks; deeper blocks are shown as source text. */
const MAX_DEPTH = 12;
/** The most pixels of all pictures of a question: 4 bytes of memory for each. */
const MAX_PIXELS = 8_000_000;
/** The highest cost of the text of a paragraph, list or other block. The page draws those in view. */
const MAX_COST = 64 * 1024;
/** The elements of a block of code with its button, beside its text. */
const CODE_PIECES = 4;
const HEADINGS = ['h3', 'h4', 'h5'] as const;
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const PICTURE = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/]+={0,2})$/;

/** The pieces of `text`. Raises `Error` if there are too many, or if one takes long to lay out. */
export function renderQuestion(text: string): Piece[] {
  const tokens = parser.lexer(text);
  if (tokens.some(({ raw }) => textCost(raw) > MAX_COST)) {
    throw new Error('A part of the question takes long to lay out');
  }
  return new Builder().pieces(tokens, 0);
}

class Builder {
  #pieces = 0;
  #units = 0;
  #pixels = 0;

  pieces(tokens: readonly Token[], depth: number): Piece[] {
    return tokens.flatMap(token => this.#token(token, depth));
  }

  /** Count pieces and text against the limits of the result. */
  #count(pieces: number, text = ''): void {
    this.#pieces += pieces;
    this.#units += text.length;
    if (this.#pieces > MAX_PIECES || this.#units > MAX_RESULT) {
      throw new Error('The question has too many pieces');
    }
  }

  #text(text: string): Piece {
    this.#count(1, text);
    return text;
  }

  /** One token. The parser's type `Token` includes generic tokens; `type` tells which kind it is. */
  #token(generic: Token, depth: number): Piece | Piece[] {
    if (depth > MAX_DEPTH) {
      return this.#text(generic.raw);
    }
    const token = generic as MarkedToken;
    switch (token.type) {
      case 'space':
      case 'def':
        return [];
      case 'heading':
        // Headings of the room are h2 and above.
        return this.#element(HEADINGS[token.depth - 1] ?? 'h6', token.tokens, depth);
      case 'paragraph':
        return this.#element('p', token.tokens, depth);
      case 'code':
        this.#count(CODE_PIECES, token.text);
        return { tag: 'pre', text: token.text };
      case 'list':
        return this.#list(token, depth);
      case 'table':
        return this.#table(token, depth);
      case 'blockquote':
      case 'strong':
      case 'em':
      case 'del':
        return this.#element(token.type, token.tokens, depth);
      case 'codespan':
        this.#count(1);
        return { tag: 'code', inner: [this.#text(token.text)] };
      case 'hr':
      case 'br':
        this.#count(1);
        return { tag: token.type };
      case 'link':
        return this.#link(token.href, this.pieces(token.tokens, depth + 1));
      case 'image':
        return this.#image(token.href, token.text);
      case 'checkbox':
        this.#count(1);
        return { tag: 'input', checked: token.checked };
      case 'text':
        return 'tokens' in token
          ? this.pieces(token.tokens, depth + 1)
          : this.#text(decodeHTMLStrict(token.text));
      case 'escape':
        return this.#text(token.text);
      default:
        // Mostly HTML.
        return this.#text(generic.raw);
    }
  }

  #element(tag: PlainTag, tokens: readonly Token[], depth: number): Piece {
    this.#count(1);
    return { tag, inner: this.pieces(tokens, depth + 1) };
  }

  #list(list: Tokens.List, depth: number): Piece {
    this.#count(1);
    const inner = list.items.map(item => this.#element('li', item.tokens, depth));
    if (!list.ordered) return { tag: 'ul', inner };
    return { tag: 'ol', start: typeof list.start === 'number' ? list.start : 1, inner };
  }

  #table(table: Tokens.Table, depth: number): Piece {
    this.#count(3);
    const row = (tag: 'th' | 'td', cells: readonly Tokens.TableCell[]): Piece => {
      this.#count(1);
      return { tag: 'tr', inner: cells.map(cell => this.#element(tag, cell.tokens, depth)) };
    };
    const head: Piece = { tag: 'thead', inner: [row('th', table.header)] };
    const body: Piece = { tag: 'tbody', inner: table.rows.map(cells => row('td', cells)) };
    return { tag: 'table', inner: [head, body] };
  }

  /** A link with an allowed scheme; only its text for other schemes. */
  #link(href: string, inner: Piece[]): Piece | Piece[] {
    const url = URL.parse(decodeHTMLStrict(href));
    if (!url || !SCHEMES.has(url.protocol)) {
      return inner;
    }
    this.#count(1, url.href);
    return { tag: 'a', href: url.href, inner };
  }

  /** A picture whose data is in the text; a link for any other, which would need a request. */
  #image(href: string, alt: string): Piece | Piece[] {
    const data = PICTURE.exec(href)?.[1];
    if (data === undefined) {
      return this.#link(href, [this.#text(alt === '' ? 'Picture' : alt)]);
    }
    this.#pixels += pixelsOf(data);
    if (this.#pixels > MAX_PIXELS) {
      throw new Error('The pictures have too many pixels');
    }
    this.#count(1, href + alt);
    return { tag: 'img', src: href, alt };
  }
}
