/** Milliseconds after which waiting work continues in a busy page, too. */
const LONGEST_WAIT = 1000;

/** Resolves when the browser has drawn the page and has nothing to do, or after a second. */
export function whenIdle(): Promise<void> {
  return new Promise(resolve => {
    // Safari has no idle callback.
    if ('requestIdleCallback' in globalThis) {
      requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT });
    } else {
      setTimeout(resolve);
    }
  });
}
