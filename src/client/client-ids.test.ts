/** A stranger takes the client id of a page: its person types on, and notices nothing. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { World, pause, useFakeClock } from '../testing/browsers';
import type { Page } from '../testing/browsers';
import { Guest } from '../testing/guest';
import { Seats } from '../testing/seats';
import { user } from '../testing/user';

/** The presence of an attacker under `client`. */
function shown(client: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = client;
  const awareness = new Awareness(doc);
  awareness.setLocalState({ cursor: null });
  const update = encodeAwarenessUpdate(awareness, [client]);
  awareness.destroy();
  return update;
}

/** People at their browsers, and a stranger who takes their client ids. */
class Attacked extends World {
  /** Every client id that was ever seen in presence or in text. */
  readonly ids: number[] = [];
  /** The text that the stranger typed. */
  readonly stolen = new Set<string>();
  #typed = 0;

  constructor() {
    super();
    // A page may have erased text that a stranger has not written yet.
    this.relay.gaps = 3;
  }

  note(): void {
    const ids = this.pages.flatMap(({ session }) => [
      session.awareness.clientID,
      session.pad.clientID
    ]);
    for (const id of ids) if (!this.ids.includes(id)) this.ids.push(id);
  }

  /** The server ends without a checkpoint: nobody's presence is remembered. */
  override restart(): void {
    this.relay.restart();
  }

  /** Show presence under `client`, type `length` characters under it, and delete some of them. */
  take(client: number, length: number, deleted: number): void {
    const mallory = new Guest(this.relay.room, user('mallory'));
    mallory.pull();
    mallory.move(shown(client));
    mallory.docs.pad.clientID = client;
    for (let index = 0; index < length; index++) {
      const character = String.fromCodePoint(0x3400 + this.#typed++);
      mallory.edit('pad', text => text.insert(Math.min(index, text.length), character));
      if (mallory.errors.length > 0) break;
      this.stolen.add(character);
    }
    if (mallory.errors.length === 0 && deleted > 0) {
      const count = Math.min(deleted, mallory.text.length);
      for (const character of mallory.text.slice(0, count)) this.text.delete(character);
      mallory.edit('pad', text => text.delete(0, count));
    }
    mallory.leave();
  }

  override check(): void {
    // A page that erased its own text may erase what the stranger wrote in its place.
    for (const character of this.relay.text) {
      if (this.stolen.has(character)) this.text.add(character);
    }
    super.check();
    for (const { session } of this.pages) expect(session.snapshot.notice).toBeNull();
  }
}

type Move =
  | { kind: 'type' | 'erase'; at: number; length: number }
  | { kind: 'cut' | 'mend' | 'reopen' | 'second' | 'restart' | 'pause' }
  | { kind: 'take'; id: number; length: number; deleted: number }
  | { kind: 'carry'; direction: 'up' | 'down'; frames: number };

const edit = (kind: 'type' | 'erase') =>
  fc.record({ kind: fc.constant(kind), at: fc.nat(30), length: fc.nat(5) });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: edit('type') },
  { weight: 3, arbitrary: edit('erase') },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['cut', 'mend', 'mend', 'reopen', 'second', 'restart', 'restart', 'pause'] as const)
      )
    })
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      id: fc.nat(12),
      length: fc.nat(8),
      deleted: fc.nat(3)
    })
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('carry' as const),
      direction: fc.constantFrom('up' as const, 'down' as const),
      frames: fc.nat(6)
    })
  }
);

beforeEach(() => {
  useFakeClock();
  vi.spyOn(console, 'log').mockReturnValue(); // Yjs tells that it takes a new client id
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function play(world: Attacked, page: Page, each: Move): Promise<void> {
  switch (each.kind) {
    case 'type':
      world.type(page, each.at, each.length);
      break;
    case 'erase':
      world.erase(page, each.at, each.length);
      break;
    case 'cut':
      page.line.down();
      break;
    case 'mend':
      page.line.up();
      break;
    case 'reopen':
      await world.crash(page);
      world.open(page.name).line.up();
      break;
    case 'second':
      world.open(page.name).line.up();
      break;
    case 'restart':
      world.restart();
      break;
    case 'take': {
      const id = world.ids.at(-1 - (each.id % Math.max(1, world.ids.length)));
      if (id !== undefined) world.take(id, each.length, each.deleted);
      break;
    }
    case 'carry':
      for (let n = 0; n < each.frames; n++) page.line.deliverOne(each.direction);
      break;
    case 'pause':
      await pause();
      break;
  }
}

async function seated(...names: string[]): Promise<Attacked> {
  const world = new Attacked();
  for (const name of names) world.open(name).line.up();
  world.relay.settle();
  await pause();
  world.relay.settle();
  world.note();
  return world;
}

async function settled(world: Attacked): Promise<void> {
  await world.settle();
  world.check();
  await pause();
  expect(await world.kept()).toBe(0);
  await world.end();
}

/** The text that the people typed, without the stranger's. */
function typedIn(world: Attacked): string[] {
  return [...world.text].filter(character => !world.stolen.has(character));
}

describe('a person whose id a stranger took', () => {
  it.each([
    ['shows presence', 0],
    ['writes less', 2],
    ['writes more', 9]
  ])('types on after a lost connection, if the stranger %s under it', async (_, length) => {
    const world = await seated('ann', 'bob');
    const [ann] = world.pages;
    if (!ann) throw new Error();
    world.restart();
    world.type(ann, 0, 5);
    world.erase(ann, 1, 1);
    world.take(ann.session.awareness.clientID, length, 0);
    ann.line.up();
    world.relay.settle();
    await pause();
    world.relay.settle();
    world.type(ann, 2, 3);
    expect(world.ids).not.toContain(ann.session.pad.clientID);
    expect(ann.session.awareness.clientID).toBe(ann.session.pad.clientID);
    await settled(world);
    expect(typedIn(world)).toHaveLength(7);
  });

  it.each([
    ['less', 2],
    ['more', 9]
  ])('finds what a closed page typed, if the stranger wrote %s under its id', async (_, length) => {
    const world = await seated('ann', 'bob');
    const [ann] = world.pages;
    if (!ann) throw new Error();
    ann.line.down();
    world.type(ann, 0, 5);
    await pause();
    await world.crash(ann);
    world.restart();
    world.take(ann.session.pad.clientID, length, 0);
    await settled(world);
    expect(typedIn(world)).toHaveLength(5);
  });

  it('was an observer, and types under another one when allowed', async () => {
    vi.useRealTimers();
    const seats = new Seats();
    const relay = seats.begin();
    const [ann, oz] = [seats.seated('ann'), seats.seated('oz', 'observer')];
    const { clientID } = oz.session.pad;
    const mallory = new Guest(relay.room, user('mallory'));
    mallory.move(shown(clientID));
    expect(mallory.errors).toEqual([]);
    relay.log({ type: 'role-changed', payload: { userId: 'oz', role: 'candidate' } });
    await seats.pass();
    oz.session.code.insert(0, 'hello');
    await seats.pass();
    await seats.pass();
    expect([relay.text, ann.session.code.toJSON()]).toEqual(['hello', 'hello']);
    expect(oz.session.snapshot).toMatchObject({ saving: 'saved', notice: null });
    expect(oz.session.awareness.clientID).not.toBe(clientID);
    seats.end();
  });
});

it('every keystroke is there once, whoever takes the ids of the pages', async () => {
  const moves = fc.array(fc.record({ move, who: fc.nat(5) }), { maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(moves, async all => {
      const world = await seated('ann', 'bob');
      for (const { move: each, who } of all) {
        const page = world.pages[who % Math.max(1, world.pages.length)];
        if (page) await play(world, page, each);
        world.note();
      }
      await settled(world);
    }),
    { numRuns: 150, seed: 20261201 }
  );
}, 120_000);
