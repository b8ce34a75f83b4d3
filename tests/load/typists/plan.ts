/**
 * Who types what of a trace, and in which turns: what an agent types in one turn goes out together,
 * so a turn ends wherever somebody has seen just that much, and begins where the agent sees more.
 */
import type { Patch, Trace } from './traces';
import type { Seen } from './typed';

/** Transactions of one agent that are typed in one go, after they have seen `seen`. */
export interface Turn {
  seen: Seen;
  /** Of each transaction. */
  patches: Patch[][];
}

/** Transactions of one turn at most. */
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

/** For each agent, after how many of their transactions somebody else has seen just these. */
function seenByOthers(txns: Trace['txns'], before: readonly Seen[], agents: number): Set<number>[] {
  const ends = Array.from({ length: agents }, () => new Set<number>());
  before.forEach((seen, index) => {
    seen.forEach((count, agent) => {
      if (agent !== (txns[index]?.agent ?? 0)) ends[agent]?.add(count);
    });
  });
  return ends;
}
