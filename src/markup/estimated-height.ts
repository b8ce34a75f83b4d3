/** An estimate of the height of markup: the page cannot measure what is in a sandboxed frame. */
import type { Element, Nodes } from 'hast';

/** Pixels: the height of a line, the space around all, and the limits. */
const LINE = 24;
const MARGIN = 24;
const LEAST = 60;
const MOST = 420;
const LINES = new Set('tr br p li h3 h4 h5 h6 dt dd hr pre figure summary'.split(' '));
/** The lines of the elements that have more than one. */
const LINES_OF: Readonly<Record<string, number>> = { h1: 3, h2: 2, ul: 1, ol: 1 };

/** The height of `root` in pixels. */
export function estimatedHeight(root: Nodes): number {
  let lines = 0;
  let pixels = 0;
  const visit = (node: Nodes, inPre: boolean): void => {
    if (node.type === 'text' && inPre) lines += node.value.split('\n').length - 1;
    if (!('children' in node)) return;
    if (node.type === 'element') {
      lines += LINES.has(node.tagName) ? 1 : (LINES_OF[node.tagName] ?? 0);
      pixels = Math.max(pixels, heightOf(node));
    }
    const isPre = inPre || (node.type === 'element' && node.tagName === 'pre');
    node.children.forEach(child => visit(child, isPre));
  };
  visit(root, false);
  return Math.min(MOST, Math.max(LEAST, pixels + MARGIN, lines * LINE + MARGIN));
}

/** The height that an element states in pixels; 0 if it states none. */
function heightOf({ tagName, properties }: Element): number {
  const styled = /(?:^|;)height:(\d{1,4})(?:px)?;/.exec(properties.style ?? '')?.[1];
  // The height of any other part of a drawing is in the drawing's own units.
  const stated = ['svg', 'img', 'table', 'div'].includes(tagName) ? properties.height : undefined;
  const points = typeof stated === 'string' && stated.endsWith('pt') ? 4 / 3 : 1;
  const number = Number.parseFloat(styled ?? String(stated));
  return Number.isFinite(number) && !String(stated).endsWith('%') ? number * points : 0;
}
