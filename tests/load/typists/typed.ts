/** What the clients have typed of a trace: which units each transaction brought, and which it took. */
import * as Y from 'yjs';

import { readUpdate } from '../../../src/playback/updates';
import type { Deletion } from '../../../src/playback/updates';

/** For each agent, how many of their transactions somebody has seen. */
export type Seen = readonly number[];

/** The Yjs client of an agent; of two who type in one place at once, the lower one's comes first. */
export function clientOf(agent: number): number {
  return agent + 1;
}

interface Step {
  /** The clock that the agent's client has reached with it. */
  end: number;
  taken: readonly Deletion[];
}

export class Typed {
  /** For each agent, what came of each of their transactions; the first stands for none. */
  readonly #steps: Step[][];
  /** Who took a unit, and with which of their transactions. */
  readonly #takers = new Map<string, { agent: number; count: number }[]>();

  constructor(agents: number) {
    this.#steps = Array.from({ length: agents }, () => [{ end: 0, taken: [] }]);
  }

  /** The agent's next transaction became `update`, or nothing. */
  add(agent: number, update: Uint8Array | null): void {
    const steps = this.#steps[agent] ?? [];
    const { blocks, deletions } = update ? readUpdate(update) : { blocks: [], deletions: [] };
    const end = blocks[0]?.end ?? steps.at(-1)?.end ?? 0;
    const count = steps.push({ end, taken: deletions }) - 1;
    for (const unit of deletions.flatMap(unitsOf)) {
      const takers = this.#takers.get(unit) ?? [];
      this.#takers.set(unit, [...takers, { agent, count }]);
    }
  }

  /** Whether who has seen `seen` has seen all that `update` brings and takes. */
  covers(seen: Seen, update: Uint8Array): boolean {
    const { blocks, deletions } = readUpdate(update);
    const known = ({ agent, count }: { agent: number; count: number }): boolean =>
      count <= (seen[agent] ?? 0);
    return (
      blocks.every(({ client, end }) => end <= this.#end(client - 1, seen)) &&
      deletions.flatMap(unitsOf).every(unit => this.#takers.get(unit)?.some(known))
    );
  }

  /** Whether `doc`, which had all of `before`, has all of `seen` now. */
  arrived(doc: Y.Doc, before: Seen, seen: Seen): boolean {
    const reached = seen.every(
      (_, agent) => Y.getState(doc.store, clientOf(agent)) >= this.#end(agent, seen)
    );
    const steps = seen.flatMap(
      (count, agent) => this.#steps[agent]?.slice((before[agent] ?? 0) + 1, count + 1) ?? []
    );
    return reached && steps.every(({ taken }) => taken.every(each => isGone(doc, each)));
  }

  /** Beyond reach while it has not been typed. */
  #end(agent: number, seen: Seen): number {
    return this.#steps[agent]?.[seen[agent] ?? 0]?.end ?? Infinity;
  }
}

function unitsOf({ client, clock, length }: Deletion): string[] {
  return Array.from({ length }, (_, at) => `${client}:${clock + at}`);
}

function isGone(doc: Y.Doc, { client, clock, length }: Deletion): boolean {
  for (let at = clock; at < clock + length;) {
    const struct = Y.getItem(doc.store, Y.createID(client, at));
    if (!struct.deleted) return false;
    at = struct.id.clock + struct.length;
  }
  return true;
}
