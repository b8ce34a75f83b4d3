/**
 * What the tests of core share: a server in miniature whose network can be held and cut, and a
 * runner that does what it is told. No product code imports this.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { fingerprint } from '../client/consistency';
import type {
  CloseReason,
  Connection,
  ConnectionListener,
  Incoming,
  Outgoing
} from '../connection/connection';
import { decodeEvent, encodeEvent } from '../protocol/event-codec';
import { SYNC, decodeFrame, decodeSync, encodeFrame, encodeSync } from '../protocol/frames';
import type { FileCommand } from '../session/files';
import { decide, firstFiles, isFileCommand } from '../session/files';
import { OPEN_WAITING_ROOM } from '../session/state';
import { can } from '../session/permissions';
import { fold } from '../session/fold';
import { optimistic } from '../session/optimistic';
import type { SessionState } from '../session/state';
import { LIMITS } from '../protocol/wire';
import type { Chunk, DocumentName, LoggedEvent, Role, ServerEvent, User } from '../protocol/wire';
import type { Runner, RunnerState, RunOutcome, RunRequest } from '../client/runner';

type Frame = Uint8Array | string;

/** A participant of the miniature server. */
export function user(id: string, role: Role = 'candidate'): User {
  return { id, name: `Name of ${id}`, color: '#123456', role };
}

/** One session's server: orders, stores and relays; fails loudly where a client breaks the rules. */
export class Relay {
  readonly docs: Readonly<Record<DocumentName, Y.Doc>> = { pad: new Y.Doc(), notes: new Y.Doc() };
  readonly lines: Line[] = [];
  readonly events: LoggedEvent[] = [];
  /** Every edit frame that came in, with its sync message type. */
  readonly edits: { document: DocumentName; type: number; body: Uint8Array }[] = [];
  readonly ids: string[] = [];
  state: SessionState = {
    id: 's',
    title: '',
    question: '',
    language: 'javascript',
    status: 'open',
    createdAt: '2026-01-01T00:00:00Z',
    url: '',
    participants: new Map(),
    present: new Set(),
    waitingRoom: OPEN_WAITING_ROOM,
    ...firstFiles('javascript'),
    runs: [],
    seq: 0
  };
  /** If set, every event is refused with this message. */
  refusal: string | null = null;
  #seq = 0;

  get text(): string {
    return this.docs.pad.getText(this.state.main).toJSON();
  }

  /** A new participant's connection; `up()` makes it live. */
  line(who: User): Line {
    const line = new Line(this, who);
    this.lines.push(line);
    return line;
  }

  /** Carry every frame to its end, until nothing is on its way. */
  settle(): void {
    for (let frames = 0; this.lines.some(line => line.deliverOne()); frames++) {
      if (frames > 100_000) throw new Error('they never stop talking');
    }
  }

  /** Log `event` and tell everybody but `except`. */
  log(event: DistributiveOmit<LoggedEvent, 'seq' | 'at'>, except?: Line): void {
    const seq = ++this.#seq;
    const logged: LoggedEvent = { ...event, seq, at: 1000 + seq };
    this.events.push(logged);
    this.state = fold(this.state, logged);
    for (const line of this.lines) if (line !== except) line.tell(logged);
    if (event.type === 'session-locked') for (const line of this.lines) this.#askWriter(line);
  }

  welcome(line: Line): void {
    const { id: userId, name: username, color, role } = line.who;
    this.log({ type: 'participant-joined', payload: { userId, username, color, role } }, line);
    const { id, title, question, language, status, createdAt, url } = this.state;
    const { participants, present, runs } = this.state;
    line.tell({
      type: 'session-state',
      payload: {
        session: { id, title, question, language, status, createdAt, url, code: this.text },
        user: line.who,
        users: [...participants.values()].filter(each => present.has(each.id)),
        participants: [...participants.values()],
        files: [...this.state.files],
        main: this.state.main,
        runs: [...runs],
        seq: this.#seq
      }
    });
    this.#askWriter(line);
    for (const { presence } of this.lines) {
      if (presence) {
        line.tellFrame(encodeFrame({ kind: 'presence', update: presence.update }));
      }
    }
  }

  /** As the server does, ask nobody for what they may not write. */
  #askWriter(line: Line): void {
    const { role } = line.who;
    if (can(role, 'write', this.state.status)) this.ask(line, 'pad');
    if (can(role, 'notes-write', this.state.status)) this.ask(line, 'notes');
  }

  /** Say what the texts of the pad are, as the server does some seconds after a change. */
  check(): void {
    for (const line of this.lines) line.tellSync('pad', SYNC.check, fingerprint(this.docs.pad));
  }

  ask(line: Line, document: DocumentName): void {
    const body = Y.encodeStateVector(this.docs[document]);
    line.tellSync(document, SYNC.step1, body);
  }

  goodbye(line: Line): void {
    this.log({ type: 'participant-left', payload: { userId: line.who.id } }, line);
    const gone = line.presence;
    line.presence = null;
    if (gone) {
      const encoder = encoding.createEncoder();
      for (const number of [1, gone.client, gone.clock + 1]) encoding.writeVarUint(encoder, number);
      encoding.writeVarString(encoder, 'null');
      this.#relayPresence(encoding.toUint8Array(encoder), line);
    }
  }

  take(line: Line, frame: Frame): void {
    const size = typeof frame === 'string' ? new TextEncoder().encode(frame).length : frame.length;
    if (size > LIMITS.frame) throw new Error(`a frame of ${size} bytes`);
    if (typeof frame === 'string') {
      this.#takeEvent(line, JSON.parse(frame) as Parameters<typeof encodeEvent>[0]);
      return;
    }
    const message = decodeFrame(frame);
    if (message.kind === 'presence') {
      line.presence = ownPresence(message.update);
      this.#relayPresence(message.update, line);
      return;
    }
    const { document } = message;
    const { type, body } = decodeSync(message.message);
    const doc = this.docs[document];
    if (type === SYNC.step1 || type === SYNC.check) {
      line.tellSync(document, SYNC.step2, Y.encodeStateAsUpdate(doc, body));
      if (type === SYNC.check) {
        line.differed++;
        this.#askWriter(line);
      }
      return;
    }
    if (type === SYNC.step2) line.answered.add(document);
    if (!line.answered.has(document)) throw new Error('an edit before the first answer');
    this.edits.push({ document, type, body });
    this.#applyEdit(line, document, body);
    line.confirm(++this.#seq);
  }

  #relayPresence(update: Uint8Array, source: Line): void {
    const frame = encodeFrame({ kind: 'presence', update });
    for (const line of this.lines) if (line !== source) line.tellFrame(frame);
  }

  #applyEdit(line: Line, document: DocumentName, body: Uint8Array): void {
    const doc = this.docs[document];
    const before = Y.encodeStateVector(doc);
    const snapshot = Y.snapshot(doc);
    Y.applyUpdate(doc, body);
    if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('an edit with a gap');
    if (Y.equalSnapshots(snapshot, Y.snapshot(doc))) return;
    const change = Y.encodeStateAsUpdate(doc, before);
    for (const other of this.lines) {
      if (other !== line) other.tellSync(document, SYNC.update, change);
    }
  }

  #takeEvent(line: Line, event: Parameters<typeof encodeEvent>[0]): void {
    if (this.refusal !== null) {
      const payload = { code: 'denied', message: this.refusal };
      line.tell({ type: 'error', payload: event.id ? { ...payload, id: event.id } : payload });
    } else if (event.id !== undefined && !this.ids.includes(event.id)) {
      this.ids.push(event.id);
      const logged = optimistic(event, line.who.id, 0);
      if (isFileCommand(event)) this.#grant(line, event);
      else if (logged) this.log(logged, line);
    }
    line.confirm(this.#seq);
  }

  #grant(line: Line, wish: FileCommand & { id?: string }): void {
    try {
      this.log(decide(this.state, wish, line.who.id, this.#seq + 1));
    } catch (error) {
      const payload = { code: 'invalid', message: (error as Error).message };
      line.tell({ type: 'error', payload: wish.id ? { ...payload, id: wish.id } : payload });
    }
  }
}

/** One participant's wire to the relay: frames move only by `deliverOne`, and are lost by `down`. */
export class Line implements Connection {
  readonly answered = new Set<DocumentName>();
  retries = 0;
  /** How often it said that its text is another. */
  differed = 0;
  /** What it last said of its cursor. */
  presence: OwnPresence | null = null;
  closed = false;
  #toClient: Frame[] = [];
  #toServer: Frame[] = [];
  #listener: ConnectionListener | null = null;
  #live = false;
  #count = 0;

  constructor(
    readonly relay: Relay,
    readonly who: User
  ) {}

  get live(): boolean {
    return this.#live;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  send(message: Outgoing): void {
    if (!this.#live) return;
    this.#toServer.push(
      message.kind === 'event' ? encodeEvent(message.event) : encodeFrame(message)
    );
  }

  retry(): void {
    this.retries++;
    if (!this.#live) return;
    this.down();
    this.up();
  }

  close(): void {
    this.closed = true;
  }

  /** Come as far as the door: told to wait, and nothing else. */
  wait(): void {
    this.#listener?.onStatus({ phase: 'open' });
    this.#listener?.onMessage({ kind: 'event', event: { type: 'waiting', payload: {} } });
  }

  up(): void {
    if (this.#live) return;
    this.#live = true;
    this.#count = 0;
    this.answered.clear();
    this.#listener?.onStatus({ phase: 'open' });
    this.relay.welcome(this);
  }

  /** Cut the wire: what is on its way is lost, in both directions. */
  down(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#toClient = [];
    this.#toServer = [];
    this.relay.goodbye(this);
    this.#listener?.onStatus({ phase: 'offline', retryAt: 0 });
  }

  /** The page dies: the server sees the wire go, the page itself nothing more. */
  crash(): void {
    this.#listener = null;
    this.down();
  }

  /** End it for good, as the server does with a close code. */
  end(reason: Exclude<CloseReason, 'left'>): void {
    this.#live = false;
    this.#toClient = [];
    this.#toServer = [];
    this.#listener?.onStatus({ phase: 'closed', reason });
  }

  /** Carry the oldest frame of one direction; whether there was one. */
  deliverOne(direction: 'up' | 'down' | 'any' = 'any'): boolean {
    const up = direction === 'down' ? undefined : this.#toServer.shift();
    if (up !== undefined) {
      this.relay.take(this, up);
      return true;
    }
    const down = direction === 'up' ? undefined : this.#toClient.shift();
    if (down === undefined) return false;
    this.#listener?.onMessage(received(down));
    return true;
  }

  /** Lose what is on its way to the client, and nothing else. */
  lose(): void {
    this.#toClient = [];
  }

  confirm(seq: number): void {
    this.tell({ type: 'saved', payload: { seq, count: ++this.#count } });
  }

  tell(event: ServerEvent): void {
    this.tellFrame(JSON.stringify(event));
  }

  tellSync(document: DocumentName, type: 0 | 1 | 2 | 3, body: Uint8Array): void {
    const message = encodeSync({ type, body });
    this.tellFrame(encodeFrame({ kind: 'sync', document, message }));
  }

  tellFrame(frame: Frame): void {
    if (this.#live) this.#toClient.push(frame);
  }
}

function received(frame: Frame): Incoming {
  if (typeof frame !== 'string') return decodeFrame(frame);
  const event = decodeEvent(frame);
  if (!event) throw new Error('an event that nobody knows');
  return { kind: 'event', event };
}

/** The locks of one browser, as its pages hold them; `crash` ends a page, and with it its locks. */
export class FakeLocks {
  readonly #held = new Map<string, FakePageLocks>();

  page(): FakePageLocks {
    return new FakePageLocks(this.#held);
  }
}

export class FakePageLocks {
  constructor(readonly held: Map<string, FakePageLocks>) {}

  get manager(): LockManager {
    return this as unknown as LockManager;
  }

  async request(name: string, ...rest: unknown[]): Promise<unknown> {
    const callback = rest.at(-1) as (lock: object | null) => unknown;
    if (this.held.has(name)) {
      if (rest.length === 1) throw new Error('nobody waits for a lock here');
      return callback(null);
    }
    this.held.set(name, this);
    try {
      return await callback({ name });
    } finally {
      if (this.held.get(name) === this) this.held.delete(name);
    }
  }

  crash(): void {
    for (const [name, page] of this.held) if (page === this) this.held.delete(name);
  }
}

/** A runner whose run prints and ends by the test's hand; aborting ends it as `stopped`. */
export class FakeRunner implements Runner {
  readonly state: RunnerState = { phase: 'ready' };
  readonly input = 'live';
  readonly requests: RunRequest[] = [];
  print: (chunk: Chunk) => void = () => undefined;
  end: (outcome: RunOutcome) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  subscribe(): () => void {
    return () => undefined;
  }

  prepare(): void {
    // Always ready.
  }

  run(request: RunRequest, output: (chunk: Chunk) => void, stop: AbortSignal): Promise<RunOutcome> {
    this.requests.push(request);
    return new Promise((resolve, reject) => {
      this.print = output;
      this.end = resolve;
      this.fail = reject;
      stop.addEventListener('abort', () =>
        resolve({ status: 'stopped', error: null, durationMs: 1 })
      );
    });
  }

  dispose(): void {
    // Nothing to free.
  }
}

/** An awareness update of one client. */
interface OwnPresence {
  client: number;
  clock: number;
  update: Uint8Array;
}

function ownPresence(update: Uint8Array): OwnPresence {
  const decoder = decoding.createDecoder(update);
  decoding.readVarUint(decoder);
  const client = decoding.readVarUint(decoder);
  return { client, clock: decoding.readVarUint(decoder), update };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
