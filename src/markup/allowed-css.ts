/**
 * Keeps those rules and declarations of a stylesheet that are cheap to apply, and load nothing. Like
 * the elements, properties are refused until they are listed: most others make layout or drawing
 * cost as much as their author likes.
 */
import generate from 'css-tree/generator';
import parse from 'css-tree/parser';
import type { CssNode, Declaration, List, Rule, SelectorList } from 'css-tree';

const PROPERTIES = new Set(
  `background background-color background-image border-collapse border-radius border-spacing
  caption-side color display dominant-baseline fill fill-opacity fill-rule height line-height
  list-style list-style-type max-height max-width min-height min-width opacity overflow-wrap
  stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
  stroke-miterlimit stroke-opacity stroke-width table-layout text-align text-anchor
  text-decoration text-indent text-transform vertical-align visibility white-space width
  word-break`.split(/\s+/)
);
/** Groups of properties by their first word. */
const GROUPS =
  /^(?:border-(?:top|right|bottom|left)|font|margin|padding)(?:-[a-z-]+)?$|^border(?:-(?:color|style|width))?$/;
const DISPLAY = /^(?:none|block|inline|inline-block|list-item|table(?:-[a-z-]+)?)$/;
const FUNCTIONS = /^(?:rgba?|hsla?|linear-gradient)$/i;
/** The longest value in UTF-16 units, and the largest number in it. */
const LONGEST = 300;
const LARGEST = 5000;
/** The most rules of one output, declarations of a rule, and combinators of a selector. */
const MAX_RULES = 1000;
const MAX_DECLARATIONS = 40;
const MAX_COMBINATORS = 3;
const PSEUDO =
  /^(?:hover|first-child|last-child|only-child|nth-child|first-of-type|last-of-type|only-of-type)$/;
const SELECTORS = new Set(['TypeSelector', 'ClassSelector', 'IdSelector']);

/** The allowed rules of the stylesheet `css`. Raises `Error` if there are very many. */
export function allowedRules(css: string): string[] {
  const sheet = parse(css, { parseValue: false, parseCustomProperty: false });
  if (sheet.type !== 'StyleSheet') return [];
  const rules = sheet.children.toArray().flatMap(node => (node.type === 'Rule' ? rule(node) : []));
  if (rules.length > MAX_RULES) throw new Error('The styles have too many rules');
  return rules;
}

/** The allowed declarations of a `style` attribute. */
export function allowedDeclarations(css: string): string {
  const list = parse(css, { context: 'declarationList', parseValue: false });
  return list.type === 'DeclarationList' ? declarations(list.children) : '';
}

function rule({ prelude, block }: Rule): string[] {
  if (prelude.type !== 'SelectorList') return [];
  const selector = selectors(prelude);
  const body = declarations(block.children);
  const text = `${selector}{${body}}`;
  // Nothing of a stylesheet needs the sign with which its element could end.
  return selector === '' || body === '' || text.includes('<') ? [] : [text];
}

function selectors({ children }: SelectorList): string {
  return children
    .toArray()
    .filter(node => node.type === 'Selector' && isCheap(node.children.toArray()))
    .map(node => generate(node))
    .join(',');
}

function isCheap(parts: readonly CssNode[]): boolean {
  const combinators = parts.filter(({ type }) => type === 'Combinator').length;
  return (
    combinators <= MAX_COMBINATORS &&
    parts.every(
      part =>
        part.type === 'Combinator' ||
        (SELECTORS.has(part.type) && (combinators === 0 || generate(part) !== '*')) ||
        (part.type === 'PseudoClassSelector' && PSEUDO.test(part.name))
    )
  );
}

function declarations(children: List<CssNode>): string {
  return children
    .toArray()
    .slice(0, MAX_DECLARATIONS)
    .filter(node => node.type === 'Declaration')
    .map(declaration)
    .join('');
}

function declaration({ property, value, important }: Declaration): string {
  const name = property.toLowerCase();
  const text = value.type === 'Raw' ? value.value.trim() : '';
  return isAllowed(name, text) ? `${name}:${text}${important === false ? '' : '!important'};` : '';
}

function isAllowed(name: string, value: string): boolean {
  return (
    (PROPERTIES.has(name) || GROUPS.test(name)) &&
    value.length <= LONGEST &&
    /^[\w\s#%.,()'"+/-]+$/.test(value) &&
    [...value.matchAll(/([\w-]*)\(/g)].every(([, called = '']) => FUNCTIONS.test(called)) &&
    [...value.matchAll(/\d+/g)].every(([digits]) => Number(digits) <= LARGEST) &&
    (name !== 'display' || DISPLAY.test(value))
  );
}
