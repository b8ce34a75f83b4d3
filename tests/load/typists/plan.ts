/**
 * Divides a trace into turns of its agents. The transactions of a turn are sent together. So a turn
 * ends at a transaction up to which another agent has seen this one, and a new turn begins when the
 * agent has seen more of others.
 */
import type { Patch, Trace } from './traces';
import type { Seen } from './typed';

/** Transactions that an agent types without a pause, after it has seen `seen`. */
export interface Turn {
  seen: Seen;
  /** The patches of each transaction. */
  patches: Patch[][];
}

/** Largest number of transactions in a turn. */
const LONGEST = 50;

/** The turns of each agent. */
export function planTurns({ txns }: Trace): Turn[][] {
  const agents = 1 + txns.reduce((most, { agent = 0 }) => Math.max(most, agent), 0);
  const after: number[][] = [];
  const before = txns.map(({ agent = 0, parents }, index) => {
    const seen = Array<number>(agents).fill(0);
    for (const parent of parents ?? (index > 0 ? [index - 1] : [])) {
      after[parent]?.forEach((count, each) => (seen[each] = Math.max(seen[each] ?? 0, count)));
    }
    after.push(seen.map((count, each) => (each === agent ? count + 1 : count)));
    return seen;
  });
  const ends = seenByOthers(txns, before, agents);
  const turns = Array.from({ length: agents }, (): Turn[] => []);
  txns.forEach(({ agent = 0, patches }, index) => {
    const seen = before[index] ?? [];
    const own = seen[agent] ?? 0;
    const turn = turns[agent]?.at(-1);
    const same = turn?.seen.every((count, each) => each === agent || count === seen[each]);
    if (turn && same && turn.patches.length < LONGEST && !ends[agent]?.has(own)) {
      turn.patches.push(patches);
    } else {
      turns[agent]?.push({ seen, patches: [patches] });
    }
  });
  return turns;
}

/** For each agent, the counts of its transactions that another agent had seen at some moment. */
function seenByOthers(txns: Trace['txns'], before: readonly Seen[], agents: number): Set<number>[] {
  const ends = Array.from({ length: agents }, () => new Set<number>());
  before.forEach((seen, index) => {
    seen.forEach((count, agent) => {
      if (agent !== (txns[index]?.agent ?? 0)) ends[agent]?.add(count);
    });
  });
  return ends;
}
