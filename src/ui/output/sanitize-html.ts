/**
 * Markup of a run, made into the page of a frame that may do nothing: no script, no request, no
 * frame of its own, no way elsewhere. The frame's sandbox and the policy hold scripts and pictures;
 * every address is taken out beforehand, because browsers follow some that no policy stops: a link
 * that is pressed, a hint to connect somewhere, in Firefox a `srcset`.
 */

/** Before the markup, so that it rules it. */
const POLICY =
  '<meta http-equiv="Content-Security-Policy" ' +
  `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'">` +
  '<meta http-equiv="x-dns-prefetch-control" content="off">' +
  // A sandbox opens no windows, so a link leads nowhere.
  '<meta name="referrer" content="no-referrer"><base target="_blank">';

/** Elements that load, lead or run; none of them belongs into a picture of a value. */
const REFUSED =
  'script, link, meta, base, iframe, frame, frameset, object, embed, portal, template, noscript, ' +
  'audio, video, fencedframe, animate, set';

/** Attributes that name an address, in HTML, SVG and MathML. */
const ADDRESSES = new Set(
  'action archive background cite classid codebase data formaction href imagesrcset longdesc ping poster src srcset'.split(
    ' '
  )
);
/** Whose address may be the data of a picture. */
const PICTURES = 'img, image, feImage';
const DATA = /^(?:src|(?:xlink:)?href)=data:image\//i;
/** Cleaned text may read anew as something else; what does not settle after so often is hostile. */
const ROUNDS = 5;

/** As notebooks show values. */
const STYLE = `
  :root { color-scheme: light; }
  body { margin: 6px; font: 13px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { padding: 2px 8px; text-align: right; }
  thead { border-bottom: 1px solid #888; }
  tbody tr:nth-child(odd) { background: #f4f4f4; }
  pre, code { font-family: ui-monospace, monospace; }
  pre { margin: 0; white-space: pre-wrap; }
  img, svg { max-width: 100%; height: auto; }
  math { font-size: 120%; }
`;

/** The source of a frame that shows `html`; `nonce` is the page's, whose policy the frame inherits. */
export function frameSource(html: string, nonce: string): string {
  const own = `<style nonce="${nonce.replace(/[^\w+/=-]/g, '')}">${STYLE}</style>`;
  const page = (markup: string): string => `<!doctype html>${POLICY}${own}<body>${markup}`;
  let markup = clean(html, nonce);
  for (let round = 0; round < ROUNDS; round += 1) {
    const again = clean(markup, nonce);
    if (again === markup) {
      return page(markup);
    }
    markup = again;
  }
  return page('');
}

/** Markup with nothing in it that loads, leads or runs. */
function clean(html: string, nonce: string): string {
  // Into an element: names in a document's markup would stand in front of the document's methods.
  const { body } = new DOMParser().parseFromString('<!doctype html>', 'text/html');
  body.innerHTML = html;
  for (const refused of body.querySelectorAll(REFUSED)) {
    refused.remove();
  }
  const pictures = new Set(body.querySelectorAll(PICTURES));
  for (const element of body.querySelectorAll('*')) {
    // By the prototype: a form's fields may stand in front of its methods as well.
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      const value = (Element.prototype.getAttribute.call(element, name) ?? '').trim();
      if (leads(name, value) && !(pictures.has(element) && DATA.test(`${name}=${value}`))) {
        Element.prototype.removeAttribute.call(element, name);
      }
    }
  }
  for (const style of body.querySelectorAll('style')) {
    style.setAttribute('nonce', nonce);
  }
  return body.innerHTML;
}

/** Whether an attribute names something outside the markup, or says where to show it. */
function leads(name: string, value: string): boolean {
  const local = name.slice(name.indexOf(':') + 1).toLowerCase();
  return local === 'target' || (ADDRESSES.has(local) && !value.startsWith('#'));
}

/** Pixels of a line, and the bounds of a frame: from inside nobody can tell how high it is. */
const LINE = 24;
const LEAST = 60;
const MOST = 420;

/** About how many pixels high `html` is. */
export function estimatedHeight(html: string): number {
  const sized = [...html.matchAll(/\bheight\s*[:=]\s*["']?(\d{1,4})(?:px)?\b/g)];
  const lines = html.match(/<(?:tr|br|p|li|h\d|div|hr|pre)\b|\n(?=[^<]*<\/pre)/gi)?.length ?? 0;
  const pixels = sized.reduce((sum, [, height]) => Math.max(sum, Number(height)), 0);
  return Math.min(MOST, Math.max(LEAST, pixels + 24, lines * LINE + 24));
}
