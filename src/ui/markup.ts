/**
 * Markup of a run, made into the page of a frame that may do nothing: no script, no request, no
 * frame of its own, no way elsewhere. The frame's sandbox and the policy hold by themselves; what
 * is taken out beforehand is what no policy speaks of, such as a hint to connect somewhere.
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
  'audio, video, fencedframe';

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
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  for (const refused of parsed.querySelectorAll(REFUSED)) {
    refused.remove();
  }
  for (const leading of parsed.querySelectorAll('[target], [ping], [http-equiv]')) {
    ['target', 'ping', 'http-equiv'].forEach(name => leading.removeAttribute(name));
  }
  for (const style of parsed.querySelectorAll('style')) {
    style.setAttribute('nonce', nonce);
  }
  const own = `<style nonce="${nonce.replace(/[^\w+/=-]/g, '')}">${STYLE}</style>`;
  return `<!doctype html>${POLICY}${own}${parsed.head.innerHTML}${parsed.body.innerHTML}`;
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
