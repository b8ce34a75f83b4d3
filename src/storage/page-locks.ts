/** Web Locks, by which the pages of one browser find out whether another page is open. */

/** The browser's lock manager, which insecure pages do not have. */
export function pageLocks(): LockManager | undefined {
  return 'navigator' in globalThis && 'locks' in globalThis.navigator
    ? globalThis.navigator.locks
    : undefined;
}

/** The name of the lock that the page with this id holds as long as it is open. */
export function lockName(page: string): string {
  return `arena:page:${page}`;
}
