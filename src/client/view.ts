/**
 * The view of a session: the state that the server has confirmed, with our own unconfirmed events
 * applied on top (optimistic updates).
 */
import { uuidv4 } from 'lib0/random';
import { can } from '../session/permissions';
import { fold, stateFrom } from '../session/fold';
import { optimistic } from '../session/optimistic';
import { withRoster } from '../session/state';
import type { Action } from '../session/permissions';
import type { SessionState } from '../session/state';
import { Outbox } from './outbox';
import type { OwnEvent } from '../session/own-event';
import type { ClientEvent, LoggedEvent, SessionStateEvent, User } from '../protocol/wire';

/** One participant's view of one session. */
export class SessionView {
  /** Own events and edits that the server has not confirmed. */
  readonly outbox = new Outbox();
  #meId: string | null = null;
  #confirmed: SessionState | null = null;
  #state: SessionState | null = null;
  /** When the runs of the last snapshot began, by the server's clock. */
  #startTimes: ReadonlyMap<string, number> = new Map();

  /** The state for the screen; null before the first snapshot. */
  get state(): SessionState | null {
    return this.#state;
  }

  /** Ourselves, as the roster has us. */
  get me(): User | null {
    if (!this.#state || this.#meId === null) return null;
    return this.#state.participants.get(this.#meId) ?? null;
  }

  /** Whether we may do `action` now. */
  may(action: Action): boolean {
    return (
      this.me !== null && this.#state !== null && can(this.me.role, action, this.#state.status)
    );
  }

  /**
   * Take the server's snapshot. Of our own unconfirmed runs, the state here is newer and stays.
   * `running` is the id of our run in progress.
   */
  replace(payload: SessionStateEvent, running: string | null): void {
    const before = this.#confirmed?.runs ?? [];
    const own = this.#unconfirmedRuns();
    if (running !== null) own.add(running);
    const next = stateFrom(payload);
    const runs = next.runs.flatMap(run => {
      if (!own.has(run.id)) return [run];
      const known = before.filter(({ id }) => id === run.id);
      return known.map(each => ({ ...each, startedAt: run.startedAt }));
    });
    this.#startTimes = new Map(next.runs.map(run => [run.id, run.startedAt]));
    const participants = new Map(next.participants).set(payload.user.id, payload.user);
    this.#meId = payload.user.id;
    this.#confirmed = { ...next, runs, participants };
    this.#confirm(state => state);
  }

  /** Take an entry of the log. */
  fold(event: LoggedEvent): void {
    this.#confirm(state => fold(state, event));
  }

  /** Take the roster. */
  roster(users: readonly User[]): void {
    this.#confirm(state => withRoster(state, users));
  }

  /** The connection was closed because the session has ended. */
  end(): void {
    this.#confirm(state => ({ ...state, status: 'ended' }));
  }

  /** Apply `event` of ours at once, and put it into the outbox. */
  dispatch(event: ClientEvent): OwnEvent {
    const own = { event: { ...event, id: uuidv4() }, at: Date.now() };
    this.outbox.add(own);
    this.#state = this.#state && this.#withOwn(this.#state, [own]);
    return own;
  }

  /** Take over events of closed pages; they show when the server has them. */
  adopt(events: readonly OwnEvent[]): void {
    for (const own of events) this.outbox.add({ ...own, repeated: true, adopted: true });
  }

  /**
   * The first `count` that this connection sent are stored. Returns whether only a fresh snapshot
   * can tell the outcome: an event that was sent twice may have been logged the first time or the
   * second.
   */
  settle(count: number): boolean {
    const settled = this.outbox.settle(count);
    const before = this.#confirmed;
    const doubtful = settled.some(
      ({ event, repeated = false, adopted = false }) =>
        adopted || (repeated && before !== null && overwrites(before, event))
    );
    this.#confirm(state => this.#withOwn(state, settled));
    return doubtful;
  }

  /** The server refused our event `id`, so it did not happen. Returns it. */
  refuse(id: string): OwnEvent | null {
    const refused = this.outbox.refuse(id);
    this.#confirm(state => state);
    return refused;
  }

  #confirm(change: (state: SessionState) => SessionState): void {
    if (!this.#confirmed) return;
    this.#confirmed = change(this.#confirmed);
    this.#state = this.#withOwn(this.#confirmed, this.outbox.events);
  }

  #withOwn(state: SessionState, events: readonly OwnEvent[]): SessionState {
    return events.reduce((folded, { event, at, adopted }) => {
      if (adopted) return folded;
      const runId = event.type === 'execute-code' ? event.payload.runId : undefined;
      const since = runId === undefined ? at : (this.#startTimes.get(runId) ?? at);
      const logged = this.#meId === null ? null : optimistic(event, this.#meId, since);
      return logged ? fold(folded, logged) : folded;
    }, state);
  }

  /** Own runs with unconfirmed events: their state here is newer than that of any snapshot. */
  #unconfirmedRuns(): Set<string> {
    const ours = this.outbox.events.filter(own => !own.adopted);
    return new Set(
      ours.flatMap(({ event: { payload } }) =>
        'runId' in payload && payload.runId ? [payload.runId] : []
      )
    );
  }
}

/** Whether `event` overwrites a value of the whole session with another one. */
function overwrites({ language, question }: SessionState, event: ClientEvent): boolean {
  return (
    (event.type === 'language-change' && event.payload.language !== language) ||
    (event.type === 'question-change' && event.payload.question !== question)
  );
}
