/** Notices that the page could be without its connection: after a sleep, or a change of the network. */

/** Milliseconds between two looks at the clock, and the delay of one that shows a sleep. */
const LOOK_INTERVAL = 1000;
const SLEEP = 4000;

/** The events of a browser, by the object that has them. */
const WINDOW_EVENTS = ['online', 'offline', 'pageshow'] as const;
const DOCUMENT_EVENTS = ['resume', 'visibilitychange'] as const;

/**
 * Call `listener` after each sleep and each change, with the name of the event or `sleep`; returns how
 * to stop that. A hidden page is asked when it is shown: its timers are slowed down.
 */
export function watchForWake(listener: (reason: string) => void): () => void {
  const page = 'document' in globalThis ? globalThis.document : null;
  const onEvent = ({ type }: Event): void => {
    if (!page?.hidden || type === 'online' || type === 'offline') listener(type);
  };
  let before = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const slept = now - before > LOOK_INTERVAL + SLEEP;
    before = now;
    if (slept && !page?.hidden) listener('sleep');
  }, LOOK_INTERVAL);
  const hasEvents = 'addEventListener' in globalThis;
  if (hasEvents) for (const type of WINDOW_EVENTS) globalThis.addEventListener(type, onEvent);
  for (const type of DOCUMENT_EVENTS) page?.addEventListener(type, onEvent);
  return () => {
    clearInterval(timer);
    if (hasEvents) for (const type of WINDOW_EVENTS) globalThis.removeEventListener(type, onEvent);
    for (const type of DOCUMENT_EVENTS) page?.removeEventListener(type, onEvent);
  };
}
