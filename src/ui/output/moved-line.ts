/** Finds the present place of a line of an earlier text. */
import { diff } from 'lib0/diff/patience';

/**
 * The most lines that are compared in the part of the texts that differs, and the most lines of one
 * change, and characters of a line, among which the line is looked for. The time of a click is bounded
 * by them, whatever the texts are.
 */
const MOST_LINES = 2000;
const MOST_CHANGED = 100;
const MOST_CHARACTERS = 500;
/** The part of a line that an edited line has in common with it. */
const ALIKE = 0.5;

/**
 * The number in `after` of the line that is number `line` in `before`, from 1. A line that was edited is
 * found by what it has in common with its successor. Null where the line is gone.
 */
export function movedLine(before: string, after: string, line: number): number | null {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const index = Math.min(Math.max(1, line), old.length) - 1;
  const shared = Math.min(old.length, now.length);
  let first = 0;
  while (first < shared && old[first] === now[first]) first++;
  let last = 0;
  while (last < shared - first && old.at(-1 - last) === now.at(-1 - last)) last++;
  if (index < first) return index + 1;
  if (index >= old.length - last) return index + 1 + now.length - old.length;
  const [removed, added] = [
    old.slice(first, old.length - last),
    now.slice(first, now.length - last)
  ];
  const changes =
    Math.max(removed.length, added.length) > MOST_LINES
      ? [{ index: 0, remove: removed, insert: added }]
      : diff(removed, added);
  const found = throughChanges(changes, index - first);
  return found === null ? null : found + first + 1;
}

/** The new index of the line `index`; null where a change removed it. */
function throughChanges(changes: ReturnType<typeof diff>, index: number): number | null {
  let moved = 0;
  for (const change of changes) {
    if (index < change.index) break;
    if (index < change.index + change.remove.length) {
      const successor = successorIn(change, index - change.index);
      return successor === null ? null : change.index + moved + successor;
    }
    moved += change.insert.length - change.remove.length;
  }
  return index + moved;
}

/** The index among a change's new lines of the one that its old line `index` became. */
function successorIn(
  { remove, insert }: { remove: readonly string[]; insert: readonly string[] },
  index: number
): number | null {
  const line = remove[index] ?? '';
  // One edited line among others that were edited has the same place among them.
  const start = remove.length === insert.length ? index : 0;
  const candidates = [...insert.keys()].slice(start, start + MOST_CHANGED);
  const likeness = candidates.map(each => alike(line, insert[each] ?? ''));
  const best = Math.max(0, ...likeness);
  return best < ALIKE ? null : (candidates[likeness.indexOf(best)] ?? null);
}

/** The part of two lines that is the same at their beginnings and ends, from 0 to 1. */
function alike(one: string, other: string): number {
  const [a, b] = [one, other].map(line => line.trim().slice(0, MOST_CHARACTERS));
  if (!a || !b) return 0;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return (start + end) / shorter;
}
