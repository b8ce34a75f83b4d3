/** Binary search. */

/** How many of `sorted`, which ascends by `keyOf`, are not above `limit`. */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number;
export function countUpTo<T>(
  sorted: ArrayLike<T>,
  limit: number,
  keyOf: (item: T) => number
): number;
export function countUpTo<T>(
  sorted: ArrayLike<T>,
  limit: number,
  keyOf: (item: T) => number = Number
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = sorted[middle];
    if (item !== undefined && keyOf(item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
