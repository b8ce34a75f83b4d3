/**
 * Turns untrusted HTML into the document of a frame that runs no script, sends no request, has no
 * frames and navigates nowhere. The frame's sandbox and its Content Security Policy block scripts and
 * images. All URLs are removed as well, because no policy blocks some of them: links, connection
 * hints, and `srcset` in Firefox.
 */

/** Stands before the markup, so that it applies to it. */
const POLICY =
  '<meta http-equiv="Content-Security-Policy" ' +
  `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'">` +
  '<meta http-equiv="x-dns-prefetch-control" content="off">' +
  // The sandbox blocks new windows, so links do nothing.
  '<meta name="referrer" content="no-referrer"><base target="_blank">';

/** Elements that load, navigate or run scripts. */
const REFUSED =
  'script, link, meta, base, iframe, frame, frameset, object, embed, portal, template, noscript, ' +
  'audio, video, fencedframe, animate, set';

/** Attributes with URLs, in HTML, SVG and MathML. */
const ADDRESSES = new Set(
  'action archive background cite classid codebase data formaction href imagesrcset longdesc ping poster src srcset'.split(
    ' '
  )
);
/** Elements whose URL may be an image's data. */
const PICTURES = 'img, image, feImage';
const DATA = /^(?:src|(?:xlink:)?href)=data:image\//i;
/** The most passes: cleaned markup may parse differently again; markup that keeps changing is hostile. */
const ROUNDS = 5;

/** Styles as in Jupyter notebooks. */
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

/** The `srcdoc` of a frame that shows `html`; the frame inherits the page's policy, and its `nonce`. */
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

/** The markup without elements and attributes that load, navigate or run scripts. */
function clean(html: string, nonce: string): string {
  // Parsed into an element, because named elements of a document can shadow the document's methods.
  const { body } = new DOMParser().parseFromString('<!doctype html>', 'text/html');
  body.innerHTML = html;
  for (const refused of body.querySelectorAll(REFUSED)) {
    refused.remove();
  }
  const pictures = new Set(body.querySelectorAll(PICTURES));
  for (const element of body.querySelectorAll('*')) {
    // Called on the prototype, because the fields of a form can shadow its methods.
    for (const name of Element.prototype.getAttributeNames.call(element)) {
      const value = (Element.prototype.getAttribute.call(element, name) ?? '').trim();
      if (navigates(name, value) && !(pictures.has(element) && DATA.test(`${name}=${value}`))) {
        Element.prototype.removeAttribute.call(element, name);
      }
    }
  }
  for (const style of body.querySelectorAll('style')) {
    style.setAttribute('nonce', nonce);
  }
  return body.innerHTML;
}

/** Whether an attribute refers to something outside the markup, or sets a link's target. */
function navigates(name: string, value: string): boolean {
  const local = name.slice(name.indexOf(':') + 1).toLowerCase();
  return local === 'target' || (ADDRESSES.has(local) && !value.startsWith('#'));
}

/** Pixels: the height of a line, and the limits of a frame's height. */
const LINE = 24;
const LEAST = 60;
const MOST = 420;

/** An estimate of the height of `html` in pixels. */
export function estimatedHeight(html: string): number {
  const sized = [...html.matchAll(/\bheight\s*[:=]\s*["']?(\d{1,4})(?:px)?\b/g)];
  const lines = html.match(/<(?:tr|br|p|li|h\d|div|hr|pre)\b|\n(?=[^<]*<\/pre)/gi)?.length ?? 0;
  const pixels = sized.reduce((sum, [, height]) => Math.max(sum, Number(height)), 0);
  return Math.min(MOST, Math.max(LEAST, pixels + 24, lines * LINE + 24));
}
