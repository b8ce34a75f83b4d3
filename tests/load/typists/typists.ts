/**
 * Replays a trace through Arena's own clients into a session of a real server: `node <bundle>
 * <task as JSON>`. Prints one line of JSON: the texts at the end, that of the recording's film
 * included.
 *
 * Each agent of the trace is a client with a socket of its own. All clients type concurrently. At
 * each transaction a client has seen exactly the transactions that its agent had seen in the trace.
 */
import * as Y from 'yjs';

import { MAIN_FILE } from '../../../src/protocol/wire';
import { runnersBy } from '../../../src/client/runner';
import { ArenaSession } from '../../../src/client/session';
import { WebSocketConnection } from '../../../src/connection/websocket';
import { buildFilm } from '../../../src/playback/film-builder';
import { Film } from '../../../src/playback/film';
import { EchoRunner } from '../../../src/testing/echo-runner';
import { planTurns } from './plan';
import type { Turn } from './plan';
import { readTrace, recordTrace } from './traces';
import type { Patch, Trace } from './traces';
import { Typed, clientOf } from './typed';
import type { Seen } from './typed';
import { Wire } from './wire';

interface Task {
  /** Jupyter's base URL, with a slash at its end. */
  baseUrl: string;
  session: string;
  /** A token for each agent, and another one for a client that joins after the replay. */
  tokens: string[];
  /** An Authorization header that is allowed to read the recording. */
  authorization: string;
  /** The URL of the traces; the trace's name; the number of transactions to type (null: all). */
  traces: string;
  trace: string;
  transactions: number | null;
}

/** A typist waits for the acknowledgement of all its edits after each so many turns. */
const UNCONFIRMED = 8;

function clientAt(task: Task, token: string, due: (update: Uint8Array) => boolean) {
  const { baseUrl, session: sessionId } = task;
  const wire = new Wire(new WebSocketConnection({ baseUrl, sessionId, token }), due);
  const session = new ArenaSession({
    connection: wire,
    runners: runnersBy(() => new EchoRunner())
  });
  return { wire, session };
}

/** One agent of the trace, with a client of its own. */
class Typist {
  readonly wire: Wire;
  readonly session: ArenaSession;
  readonly #agent: number;
  readonly #typed: Typed;
  readonly #made: Uint8Array[] = [];
  #seen: Seen = [];

  constructor(task: Task, agent: number, typed: Typed) {
    const due = (update: Uint8Array): boolean => typed.covers(this.#seen, update);
    const { wire, session } = clientAt(task, task.tokens[agent] ?? '', due);
    session.pad.clientID = clientOf(agent);
    session.pad.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === this) this.#made.push(update);
    });
    this.wire = wire;
    this.session = session;
    this.#agent = agent;
    this.#typed = typed;
  }

  async type(turns: readonly Turn[]): Promise<void> {
    for (const [number, { seen, patches }] of turns.entries()) {
      await this.see(seen);
      const before = this.wire.sent;
      const made = patches.filter(each => this.#write(each)).length;
      // The client sends the first edit immediately or with the rest, and the rest together.
      const gathered = made > this.wire.sent - before;
      const sent = this.wire.sent;
      if (gathered) await this.wire.until(() => this.wire.sent > sent);
      if (number % UNCONFIRMED === 0) await this.confirmed();
    }
    await this.confirmed();
  }

  /** Resolves when the server has acknowledged every keystroke. */
  async confirmed(): Promise<void> {
    await this.wire.until(() => this.session.snapshot.saving === 'saved');
  }

  /** Resolves when this client has the transactions of `seen`, and no later ones. */
  async see(seen: Seen): Promise<void> {
    const before = this.#seen.map((count, agent) => (agent === this.#agent ? Infinity : count));
    this.#seen = seen;
    this.wire.letIn();
    await this.wire.until(() => this.#typed.arrived(this.session.pad, before, seen));
  }

  /** Type a transaction; returns whether it changed the text. */
  #write(patches: readonly Patch[]): boolean {
    const { pad, code } = this.session;
    pad.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) code.delete(position, deleted);
        if (inserted !== '') code.insert(position, inserted);
      }
    }, this);
    const update = this.#made.pop() ?? null;
    this.#typed.add(this.#agent, update);
    return update !== null;
  }
}

async function filmOf({ baseUrl, session, authorization }: Task): Promise<Film> {
  const url = `${baseUrl}arena/api/sessions/${session}/recording`;
  const response = await fetch(url, { headers: { Authorization: authorization } });
  if (!response.ok) throw new Error(`the recording: ${response.status}`);
  return new Film(buildFilm(await response.text()));
}

/** The text of a trace as computed by Yjs alone. */
function textOf(trace: Trace): string {
  const doc = new Y.Doc();
  for (const { edit } of recordTrace(trace).entries) {
    const { update } = edit as { update: string };
    Y.applyUpdate(doc, new Uint8Array(Buffer.from(update, 'base64')));
  }
  return doc.getText(MAIN_FILE).toJSON();
}

async function main(task: Task): Promise<object> {
  const whole = readTrace(task.trace, new URL(task.traces));
  const trace: Trace = { ...whole, txns: whole.txns.slice(0, task.transactions ?? undefined) };
  const turns = planTurns(trace);
  const typed = new Typed(turns.length);
  const typists = turns.map((_, agent) => new Typist(task, agent, typed));
  await Promise.all(typists.map(({ wire }) => wire.until(() => wire.ready)));
  await Promise.all(typists.map((typist, agent) => typist.type(turns[agent] ?? [])));

  const end = await filmOf(task);
  const text = end.frame(end.main, end.end).text;
  const late = clientAt(task, task.tokens.at(-1) ?? '', () => true);
  await late.wire.until(() => late.wire.answered);
  const all = turns.map(each => each.reduce((sum, { patches }) => sum + patches.length, 0));
  await Promise.all(typists.map(typist => typist.see(all)));
  return {
    expected: trace.txns.length === whole.txns.length ? whole.endContent : textOf(trace),
    film: text,
    late: late.session.code.toJSON(),
    clients: typists.map(({ session }) => session.code.toJSON())
  };
}

main(JSON.parse(process.argv[2] ?? '') as Task).then(
  answer => process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0)),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  }
);
