/** Progress of a replay: the units (UTF-16) that each transaction inserted and deleted. */
import * as Y from 'yjs';

import { readUpdate } from '../../../src/playback/updates';
import type { Deletion } from '../../../src/playback/updates';

/** For each agent, the number of its transactions that a client has seen. */
export type Seen = readonly number[];

/** The Yjs client id of an agent. Of concurrent inserts at one place the lower id's comes first. */
export function clientOf(agent: number): number {
  return agent + 1;
}

interface Step {
  /** The clock of the agent's client after the transaction. */
  end: number;
  taken: readonly Deletion[];
}

export class Typed {
  /** For each agent, the result of each of its transactions; the first element stands for none. */
  readonly #steps: Step[][];
  /** For each unit, the agents that deleted it and the number of the transaction. */
  readonly #takers = new Map<string, { agent: number; count: number }[]>();

  constructor(agents: number) {
    this.#steps = Array.from({ length: agents }, () => [{ end: 0, taken: [] }]);
  }

  /** Record the update of the agent's next transaction; null if it changed nothing. */
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

  /** Whether `seen` includes all insertions and deletions of `update`. */
  covers(seen: Seen, update: Uint8Array): boolean {
    const { blocks, deletions } = readUpdate(update);
    const known = ({ agent, count }: { agent: number; count: number }): boolean =>
      count <= (seen[agent] ?? 0);
    return (
      blocks.every(({ client, end }) => end <= this.#end(client - 1, seen)) &&
      deletions.flatMap(unitsOf).every(unit => this.#takers.get(unit)?.some(known))
    );
  }

  /** Whether `doc`, which contained all of `before`, contains all of `seen` now. */
  arrived(doc: Y.Doc, before: Seen, seen: Seen): boolean {
    const reached = seen.every(
      (_, agent) => Y.getState(doc.store, clientOf(agent)) >= this.#end(agent, seen)
    );
    const steps = seen.flatMap(
      (count, agent) => this.#steps[agent]?.slice((before[agent] ?? 0) + 1, count + 1) ?? []
    );
    return reached && steps.every(({ taken }) => taken.every(each => isGone(doc, each)));
  }

  /** The clock of the agent's last transaction in `seen`; infinite until it has been typed. */
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
