/** The messages between the page and the markup worker, and the limits of a result. */

/** The result of each kind of text: a tree for the page, or markup for a sandboxed frame. */
export interface Results {
  /** The Markdown of a question. */
  question: Piece[];
  /** Markdown, a TeX formula, and HTML or SVG, that a program printed. */
  markdown: Markup;
  formula: Markup;
  html: Markup;
}

/** Clean markup for a sandboxed frame. */
export interface Markup {
  html: string;
  /** The rules of its stylesheets. */
  css: string;
  /** How many plain elements a browser draws in the same time. */
  weight: number;
  /** An estimate of its height in pixels. */
  height: number;
}

export type Kind = keyof Results;

export interface MarkupRequest {
  kind: Kind;
  text: string;
}

/** `ready` comes once, when the worker has started. */
export type MarkupAnswer =
  { kind: 'ready' } | { kind: 'result'; result: Results[Kind] } | { kind: 'refused' };

/** A piece of a formatted question: text, or an element. Only the worker makes pieces. */
export type Piece =
  | string
  | { tag: PlainTag; inner: Piece[] }
  | { tag: 'hr' | 'br' }
  | { tag: 'ol'; start: number; inner: Piece[] }
  | { tag: 'input'; checked: boolean }
  /** The scheme of `href` is allowed. */
  | { tag: 'a'; href: string; inner: Piece[] }
  /** `src` is a data URL of a picture. */
  | { tag: 'img'; src: string; alt: string }
  /** A block of code. */
  | { tag: 'pre'; text: string };

/** An element without attributes. */
export type PlainTag =
  | ('h3' | 'h4' | 'h5' | 'h6' | 'p' | 'blockquote' | 'strong' | 'em' | 'del' | 'code')
  | ('ul' | 'li' | 'table' | 'thead' | 'tbody' | 'tr' | 'th' | 'td');

/** The most elements and texts of one result: the page lays them out in one frame. */
export const MAX_PIECES = 2000;
/** The largest weight of markup that the page draws at once, and at all. */
export const FREE_WEIGHT = 2500;
export const MAX_WEIGHT = 20_000;
/** The most UTF-16 units of one result: an address that many links refer to counts each time. */
export const MAX_RESULT = 256 * 1024;
