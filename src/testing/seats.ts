/** Participants of one session at a relay, for tests with fake timers. */
import { vi } from 'vitest';
import { runnersBy } from '../client/runner';
import { ArenaSession } from '../client/session';
import type { Role } from '../protocol/wire';
import { FakeRunner } from './fake-runner';
import type { Line } from './line';
import { Relay } from './relay';
import { user } from './user';

/** One participant: their page, its connection and its runner. */
export interface Seat {
  session: ArenaSession;
  line: Line;
  runner: FakeRunner;
}

/** All participants of a test. */
export class Seats {
  relay = new Relay();
  #seats: Seat[] = [];

  /** Begin a test with a new relay. */
  begin(): Relay {
    vi.useFakeTimers();
    this.relay = new Relay();
    this.#seats = [];
    return this.relay;
  }

  /** End a test. */
  end(): void {
    for (const { session } of this.#seats) session.dispose();
    vi.useRealTimers();
  }

  /** A participant who is not connected yet. */
  sit = (name: string, role: Role = 'candidate'): Seat => {
    const line = this.relay.line(user(name, role));
    const runner = new FakeRunner();
    const runners = runnersBy(() => runner);
    const session = new ArenaSession({ connection: line, runners, timeLimit: () => 1234 });
    const seat = { session, line, runner };
    this.#seats.push(seat);
    return seat;
  };

  /** A participant who is connected, with nothing in flight. */
  seated = (name: string, role: Role = 'candidate'): Seat => {
    const seat = this.sit(name, role);
    seat.line.up();
    this.relay.settle();
    return seat;
  };

  /** Let `milliseconds` pass, and deliver all messages. */
  pass = async (milliseconds = 200): Promise<void> => {
    this.relay.settle();
    await vi.advanceTimersByTimeAsync(milliseconds);
    this.relay.settle();
  };
}
