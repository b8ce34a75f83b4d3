/**
 * The weight of markup: how many plain elements a browser lays out and draws in the same time. A part
 * that is drawn several times weighs several times; so does a cell that spans others.
 */
import type { Element, Nodes } from 'hast';

import { pixelsOf } from './picture-size';
import { textCost } from './text-cost';

/** The most levels of elements; a browser needs time for each pair of levels, or worse. */
const MAX_DEPTH = 60;
const MAX_DEPTH_OF_MATH = 20;
/** Weights that differ from 1. */
const WEIGHTS: Readonly<Record<string, number>> = { details: 8, li: 2, rt: 4, ruby: 4, text: 4 };
/** A browser lays out the content of a formula's part, or of a cell, more than once. */
const FACTORS: Readonly<Record<string, number>> = { td: 1.5, th: 1.5, mtd: 1.5 };
const FACTOR_OF_MATH = 1.3;
/** The cost of text, the units of a path and the pixels that weigh as much as an element. */
const TEXT = 100;
const PATH = 100;
const PIXELS = 10_000;
/** The cells of a table's grid, filled or not, that weigh as much as an element. */
const CELLS = 4;

/** The weight of `root`. Raises `Error` if it has too many levels. */
export function weightOf(root: Nodes): number {
  return new Scale(root).weigh(root, 0, 0);
}

class Scale {
  readonly #ids = new Map<string, Element>();
  /** The weight of each part that is referred to; infinite while it is being weighed. */
  readonly #known = new Map<Element, number>();

  constructor(root: Nodes) {
    this.#collect(root);
  }

  #collect(node: Nodes): void {
    if (node.type === 'element' && typeof node.properties.id === 'string') {
      // A reference leads to the first of several elements with the same id.
      if (!this.#ids.has(node.properties.id)) this.#ids.set(node.properties.id, node);
    }
    if ('children' in node) node.children.forEach(child => this.#collect(child));
  }

  weigh(node: Nodes, depth: number, math: number): number {
    if (node.type === 'text') return textCost(node.value) / TEXT;
    if (depth > MAX_DEPTH || math > MAX_DEPTH_OF_MATH) throw new Error('It has too many levels');
    if (!('children' in node)) return 0;
    const isMath = math > 0 || (node.type === 'element' && node.tagName === 'math');
    const inner = node.children.reduce(
      (sum, child) => sum + this.weigh(child, depth + 1, isMath ? math + 1 : 0),
      0
    );
    if (node.type !== 'element') return inner;
    const factor = isMath ? FACTOR_OF_MATH : (FACTORS[node.tagName] ?? 1);
    return this.#own(node) + inner * factor;
  }

  #own(element: Element): number {
    const { tagName, properties } = element;
    let weight = WEIGHTS[tagName] ?? 1;
    for (const value of Object.values(properties)) {
      if (typeof value !== 'string') continue;
      for (const [, id = ''] of value.matchAll(/(?:^|url\(["']?)#([^"')]*)/g)) {
        weight += this.#target(id);
      }
    }
    weight += (text(properties.d) + text(properties.points)).length / PATH;
    if (properties.strokeDashArray !== undefined) weight += 10;
    for (const address of [properties.src, properties.href, properties.xLinkHref]) {
      const [start, data] = text(address).split(';base64,');
      if (start?.startsWith('data:') && data) weight += pixelsOf(data) / PIXELS;
    }
    if (tagName === 'table') weight += gridOf(element) / CELLS;
    return weight;
  }

  #target(id: string): number {
    const target = this.#ids.get(id);
    if (!target) return 0;
    const known = this.#known.get(target);
    if (known !== undefined) return known;
    this.#known.set(target, Infinity);
    const weight = this.weigh(target, 0, 0);
    this.#known.set(target, weight);
    return weight;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The cells of a table's grid: its rows, times the cells of the longest row with what they span. */
function gridOf(table: Element): number {
  let rows = 0;
  let columns = 0;
  const visit = (element: Element): void => {
    for (const child of element.children) {
      if (child.type !== 'element' || child.tagName === 'table') continue;
      if (child.tagName === 'tr') {
        rows += 1;
        columns = Math.max(columns, spanned(child, 'colSpan'));
      }
      visit(child);
    }
  };
  visit(table);
  return rows * columns;
}

function spanned(row: Element, span: 'colSpan'): number {
  return row.children.reduce(
    (sum, cell) => sum + (cell.type === 'element' ? Number(cell.properties[span] ?? 1) : 0),
    0
  );
}
