/**
 * The document of a frame that shows markup of a run. The markup worker has removed what would load,
 * link or run; the frame's sandbox and its Content Security Policy block the same once more.
 */
import type { Markup } from '../../markup/messages';

/** Stands before the markup, so that it applies to it. */
const POLICY =
  '<meta http-equiv="Content-Security-Policy" ' +
  `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'">` +
  '<meta http-equiv="x-dns-prefetch-control" content="off">' +
  // The sandbox blocks new windows, so links do nothing.
  '<meta name="referrer" content="no-referrer"><base target="_blank">';

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

/** The `srcdoc` of the frame, which inherits the page's policy and so needs its `nonce`. */
export function frameSource({ html, css }: Markup, nonce: string): string {
  const attribute = `nonce="${nonce.replace(/[^\w+/=-]/g, '')}"`;
  return `<!doctype html>${POLICY}<style ${attribute}>${STYLE}${css}</style><body>${html}`;
}
