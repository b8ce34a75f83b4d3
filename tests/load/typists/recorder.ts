/** Makes recordings in the server's format, of simulated people with real Yjs documents. */
import { createHash } from 'node:crypto';
import * as Y from 'yjs';

import { MAIN_FILE } from '../../../src/protocol/wire';
import type { LoggedEvents, Role } from '../../../src/protocol/wire';

export const START = Date.UTC(2026, 2, 2, 10, 0, 0);

type Json = Record<string, unknown>;

/** A growing log; `at` is the server's clock, set by the test. */
export class Recorder {
  at = START;
  readonly entries: Json[] = [];
  readonly #people: Typist[] = [];

  /** Add a participant; `client` is their Yjs client id. */
  person(id: string, client = this.#people.length + 1): Typist {
    const person = new Typist(this, id, client);
    this.#people.push(person);
    return person;
  }

  /** Exchange all edits between all participants. */
  sync(): void {
    for (const to of this.#people) {
      for (const from of this.#people) {
        if (from !== to) {
          const missing = Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc));
          Y.applyUpdate(to.doc, missing, 'sync');
        }
      }
    }
  }

  edit(by: string | null, update: Uint8Array, document = 'pad'): void {
    const edit = { document, update: Buffer.from(update).toString('base64') };
    const to = document === 'pad' ? 'everyone' : 'interviewers';
    this.#add({ by, to, edit });
  }

  event<T extends keyof LoggedEvents>(type: T, payload: LoggedEvents[T], by: string | null): void {
    this.#add({ by, to: 'everyone', event: { type, payload } });
  }

  /** The recording; `hide` selects the entries to redact. */
  text(hide: (entry: Json) => boolean = () => false): string {
    let chain = Buffer.alloc(32);
    const lines = this.entries.map(entry => {
      const digest = sha256(Buffer.from(JSON.stringify(sorted(entry))));
      chain = sha256(Buffer.concat([chain, digest]));
      return hide(entry) ? { seq: entry.seq, digest: digest.toString('hex') } : entry;
    });
    const session = {
      id: 'abc',
      title: 'Backend',
      language: 'python',
      createdAt: new Date(START).toISOString()
    };
    const header = { format: 'arena.recording.v1', session, entries: lines.length };
    const above = [header, ...lines].map(line => `${JSON.stringify(line)}\n`).join('');
    const end = { chain: chain.toString('hex'), file: sha256(Buffer.from(above)).toString('hex') };
    return `${above}${JSON.stringify(end)}\n`;
  }

  #add(entry: Json): void {
    this.entries.push({ seq: this.entries.length + 1, at: this.at, ...entry });
  }
}

/** A participant of a recording, with a document of their own. */
export class Typist {
  readonly doc = new Y.Doc();

  constructor(
    readonly recorder: Recorder,
    readonly id: string,
    client: number
  ) {
    this.doc.clientID = client;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'sync') recorder.edit(id, update);
    });
  }

  get text(): Y.Text {
    return this.doc.getText(MAIN_FILE);
  }

  /** Type at the end, or at `position`, all in one edit. */
  type(text: string, position = this.text.length): void {
    this.text.insert(position, text);
  }

  join(username = this.id, role: Role = 'candidate', color = '#1565c0'): void {
    const payload = { userId: this.id, username, color, role };
    this.recorder.event('participant-joined', payload, this.id);
  }

  leave(): void {
    this.recorder.event('participant-left', { userId: this.id }, this.id);
  }
}

/** `value` with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)])
  );
}

function sha256(bytes: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(bytes).digest());
}
