/** Real editing traces, replayed into Yjs documents. tests/traces/README.md names their sources. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';

import { Recorder } from './recorder';

export type Patch = [position: number, deleted: number, inserted: string];

export interface Transaction {
  patches: Patch[];
  /** In a concurrent trace: the author, and the transactions that the author had seen. */
  agent?: number;
  parents?: number[];
}

export interface Trace {
  endContent: string;
  txns: Transaction[];
}

/** The trace `name` of a directory. */
export function readTrace(name: string, from = new URL('../../traces/', import.meta.url)): Trace {
  const file = new URL(`${name}.json.gz`, from);
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Trace;
}

/**
 * Record a trace: each agent has a document with exactly the transactions that the agent had seen.
 * The log has the transactions in the order of the trace, `ms` apart.
 */
export function recordTrace(trace: Trace, ms = 100): Recorder {
  const recorder = new Recorder();
  const agents = new Map<number, Agent>();
  const updates: Uint8Array[] = [];
  trace.txns.forEach((transaction, index) => {
    const id = transaction.agent ?? 0;
    let agent = agents.get(id);
    if (!agent) agents.set(id, (agent = new Agent(recorder, id)));
    agent.see(trace, transaction.parents ?? [], updates);
    updates.push(agent.apply(transaction.patches));
    agent.seen.add(index);
    recorder.at += ms;
  });
  return recorder;
}

class Agent {
  readonly seen = new Set<number>();
  readonly #typist;

  constructor(recorder: Recorder, id: number) {
    this.#typist = recorder.person(`agent-${id}`, id + 1);
  }

  /** Apply the transactions of `parents` and all transactions that those had seen. */
  see(trace: Trace, parents: readonly number[], updates: readonly Uint8Array[]): void {
    const missing: number[] = [];
    const open = [...parents];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.seen.has(next)) continue;
      this.seen.add(next);
      missing.push(next);
      open.push(...(trace.txns[next]?.parents ?? []));
    }
    for (const index of missing.sort((a, b) => a - b)) {
      const update = updates[index];
      if (update) Y.applyUpdate(this.#typist.doc, update, 'sync');
    }
  }

  apply(patches: readonly Patch[]): Uint8Array {
    const made: Uint8Array[] = [];
    this.#typist.doc.once('update', (update: Uint8Array) => made.push(update));
    this.#typist.doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) this.#typist.text.delete(position, deleted);
        if (inserted !== '') this.#typist.text.insert(position, inserted);
      }
    });
    return made[0] ?? new Uint8Array([0, 0]);
  }
}
