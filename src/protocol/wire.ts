/**
 * The wire in TypeScript. Names, shapes, close codes and limits are generated from the contract;
 * here are the event types that are built from them.
 */
import type { ClientEvents, LoggedEvents, ServerOnlyEvents } from './contract.generated';

export * from './contract.generated';

/** The snapshot: the fold of the log so far, the first event after a join. */
export type SessionStateEvent = ServerOnlyEvents['session-state'];

/** `id` is the author's own, up to `LIMITS.id` characters: an event with a known id is ignored. */
export type ClientEvent = {
  [T in keyof ClientEvents]: { type: T; payload: ClientEvents[T]; id?: string };
}[keyof ClientEvents];

/** `seq` is its number in the log, `at` UTC milliseconds on the server's clock. */
export type LoggedEvent = {
  [T in keyof LoggedEvents]: { type: T; payload: LoggedEvents[T]; seq: number; at: number };
}[keyof LoggedEvents];

export type ServerOnlyEvent = {
  [T in keyof ServerOnlyEvents]: { type: T; payload: ServerOnlyEvents[T] };
}[keyof ServerOnlyEvents];

export type ServerEvent = LoggedEvent | ServerOnlyEvent;
