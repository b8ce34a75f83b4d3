/** The nonce of the page's Content Security Policy. */

/** The nonce that style elements need; empty where the page has no policy. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
