/** `Math.max(...values)` of many values: a worker has less room for arguments than Node. */

/** Arguments of one call, which every engine has room for. */
const PART = 10_000;

/** Give `Math.max` and `Math.min` their form for many values, which compiled programs call. */
export function installSpread(): void {
  extend(Math.max);
  extend(Math.min);
}

function extend(pick: (...values: number[]) => number): void {
  const all = (values: Iterable<number>): number => {
    const given = [...values];
    let found = pick();
    for (let at = 0; at < given.length; at += PART) {
      found = pick(found, ...given.slice(at, at + PART));
    }
    return found;
  };
  Object.defineProperty(pick, 'all', { value: all });
}
