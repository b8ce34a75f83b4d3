/**
 * The elements and attributes of HTML, SVG and MathML that the output of a run may have. It lists what
 * is allowed, not what is known to be harmful: a new feature of browsers is refused until it is listed.
 * Nothing here runs script, loads, links, or draws other content a number of times, except `use`.
 */
import type { Schema } from 'hast-util-sanitize';

const words = (text: string): string[] => text.trim().split(/\s+/);

const HTML = words(`
  a abbr article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details
  dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd label li
  main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup
  table tbody td tfoot th thead time tr tt u ul var wbr`);
const SVG = words(`
  svg circle clipPath defs desc ellipse g image line linearGradient path polygon polyline
  radialGradient rect stop symbol text title tspan use`);
const MATHML = words(`
  math annotation menclose merror mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt
  mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics`);

/** Attributes of any element, as properties of hast (https://github.com/syntax-tree/hast). */
const ATTRIBUTES = words(`
  align bgColor border cellPadding cellSpacing className color dir face height id lang noWrap open
  size start style title vAlign width
  clipPath clipPathUnits clipRule cx cy d dominantBaseline dx dy fill fillOpacity fillRule fontFamily
  fontSize fontStyle fontWeight fx fy gradientTransform gradientUnits offset opacity points
  preserveAspectRatio r rx ry stopColor stopOpacity stroke strokeDashArray strokeDashOffset
  strokeLineCap strokeLineJoin strokeMiterLimit strokeOpacity strokeWidth textAnchor transform
  version viewBox visibility x x1 x2 xmlns y y1 y2
  accent accentunder columnalign columnlines columnspacing depth display displaystyle encoding fence
  form frame largeop linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize
  minsize movablelimits notation rowalign rowlines rowspacing rspace scriptlevel separator stretchy
  symmetric voffset`);

/** The address of a picture, or of a part of the same drawing; the caller checks both. */
const ADDRESS = ['href', 'xLinkHref'];

export const ALLOWED: Schema = {
  tagNames: [...HTML, ...SVG, ...MATHML],
  attributes: {
    '*': ATTRIBUTES,
    td: ['colSpan', 'rowSpan'],
    th: ['colSpan', 'rowSpan', 'scope'],
    img: ['src', 'alt'],
    image: ADDRESS,
    use: ADDRESS,
    linearGradient: ADDRESS,
    radialGradient: ADDRESS
  },
  // Of any other element its content stays, except for these.
  // Named, because of each that is missing the library takes its own default.
  ancestors: {},
  clobber: [],
  clobberPrefix: '',
  protocols: {},
  required: {},
  allowComments: false,
  allowDoctypes: false,
  strip: words(`
    applet audio base canvas embed filter foreignObject frameset iframe link marker mask meta metadata noscript
    object pattern script select style template textarea video`)
};
