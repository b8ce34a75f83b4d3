/**
 * The Connection where there is no server: a room of one interviewer, which this page hosts and
 * whose log this browser stores.
 */
import type {
  CloseReason,
  Connection,
  ConnectionListener,
  Incoming,
  Outgoing
} from '../connection';
import { BrowserRoom } from './browser-room';
import type { RoomConnection } from './room-connection';
import type { LogEntry } from '../../session/log-entry';
import type { LocalLog } from '../../storage/local-sessions';
import { MemoryLog } from '../../storage/log';
import { MAIN_FILE } from '../../protocol/wire';
import type { Language, User } from '../../protocol/wire';

/**
 * The beginning of a session without a server; `code` is its starter text. With a `log`, the
 * session continues from the end of the log, and keeps its name; without a log, it ends with this
 * page.
 */
export interface LocalOptions {
  userName?: string;
  log?: LocalLog;
  title?: string;
  language?: Language;
  code?: string;
}

/** A session of one interviewer, alone in this browser. */
export class LocalConnection implements Connection {
  readonly local = true;
  readonly #memory: MemoryLog;
  readonly #store: LocalLog | null;
  readonly #room: BrowserRoom;
  readonly #me: User;
  #seat: RoomConnection | null = null;
  #listener: ConnectionListener | null = null;

  constructor({ userName = 'You', log, code, ...options }: LocalOptions = {}) {
    const { title = '', language = 'javascript' } = options;
    this.#me = { id: 'local', name: userName, color: '#1a73e8', role: 'interviewer' };
    this.#store = log ?? null;
    this.#memory = new MemoryLog(log?.entries);
    this.#room = new BrowserRoom({
      session: log?.session ?? {
        id: 'local',
        title,
        language,
        createdAt: new Date().toISOString()
      },
      entries: this.#memory.entries,
      log: { append: (entry, stored) => this.#append(entry, stored) }
    });
    if (code !== undefined && this.log.length === 0)
      this.#room.documents.pad.getText(MAIN_FILE).insert(0, code);
    void log?.failed.then(() => this.#room.storing(false));
  }

  /** All entries, oldest first. */
  get log(): readonly LogEntry[] {
    return this.#memory.entries;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    listener.onStatus({ phase: 'connecting' });
    // Like a socket, it opens after the caller has returned.
    queueMicrotask(() => {
      if (!this.#listener) return;
      this.#listener.onStatus({ phase: 'open' });
      this.#seat = this.#room.attach(this.#me, {
        tell: message => this.#tell(message),
        close: reason => queueMicrotask(() => this.#end(reason))
      });
    });
  }

  send(message: Outgoing): void {
    if (this.#seat) this.#room.receive(this.#seat, message);
  }

  retry(): void {
    // No unsaved work can be lost here.
  }

  close(): void {
    if (this.#seat) this.#room.detach(this.#seat);
    this.#store?.close();
    this.#end('left');
  }

  #append(entry: LogEntry, stored: () => void): void {
    if (!this.#store) {
      this.#memory.append(entry, stored);
      return;
    }
    this.#memory.append(entry, () => undefined);
    this.#store.append(entry, stored);
  }

  #end(reason: CloseReason): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#seat = null;
    listener?.onStatus({ phase: 'closed', reason });
  }

  /** Messages of the room arrive later, as over a socket. */
  #tell(message: Incoming): void {
    queueMicrotask(() => this.#listener?.onMessage(message));
  }
}
