/**
 * Durability: after any crash of pages, connections or the server, every edit is there exactly
 * once.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Language } from '../protocol/wire';
import { World, pause, useFakeClock } from '../testing/browsers';
import type { Page } from '../testing/browsers';

type Move =
  | { kind: 'type' | 'erase'; at: number; length: number }
  | { kind: 'language'; language: Language }
  | { kind: 'run' | 'end' | 'cut' | 'mend' | 'crash' | 'reopen' | 'second' | 'restart' | 'pause' }
  | { kind: 'print'; text: string }
  | { kind: 'carry'; direction: 'up' | 'down'; frames: number };

const edit = (kind: 'type' | 'erase') =>
  fc.record({ kind: fc.constant(kind), at: fc.nat(60), length: fc.nat(5) });
const plain = fc.constantFrom(
  ...(['run', 'end', 'cut', 'mend', 'mend', 'crash', 'reopen', 'second', 'restart'] as const)
);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: edit('type') },
  { weight: 3, arbitrary: edit('erase') },
  fc.record({
    kind: fc.constant('language' as const),
    language: fc.constantFrom<Language>('javascript', 'python')
  }),
  { weight: 6, arbitrary: fc.record({ kind: plain }) },
  fc.record({ kind: fc.constant('print' as const), text: fc.string({ maxLength: 6 }) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pause' as const) }) },
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
});

afterEach(() => {
  vi.useRealTimers();
});

async function play(world: World, page: Page, each: Move): Promise<void> {
  switch (each.kind) {
    case 'type':
      world.type(page, each.at, each.length);
      break;
    case 'erase':
      world.erase(page, each.at, each.length);
      break;
    case 'language':
      page.session.setLanguage(each.language);
      break;
    case 'run':
      page.session.run();
      break;
    case 'print':
      page.runner.print({ stream: 'stdout', data: each.text });
      break;
    case 'end':
      page.runner.end({ status: 'ok', error: null, durationMs: 1 });
      break;
    case 'cut':
      page.line.down();
      break;
    case 'mend':
      page.line.up();
      break;
    case 'crash':
      await world.crash(page);
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
    case 'carry':
      for (let n = 0; n < each.frames; n++) page.line.deliverOne(each.direction);
      break;
    case 'pause':
      await pause();
      break;
  }
}

it('every keystroke is there once, whatever happens to pages, wires and the server', async () => {
  const moves = fc.array(fc.record({ move, who: fc.nat(5) }), { maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(moves, async all => {
      const world = new World();
      for (const name of ['ann', 'bob', 'cy']) world.open(name).line.up();
      world.relay.settle();
      await pause();
      world.relay.settle();
      for (const { move: each, who } of all) {
        const page = world.pages[who % Math.max(1, world.pages.length)];
        if (page) await play(world, page, each);
      }
      await world.settle();
      world.check();
      await pause();
      expect(await world.kept()).toBe(0);
      await world.end();
    }),
    { numRuns: 100 }
  );
}, 120_000);

it('100 restarts with offline edits leave everything there once', async () => {
  const world = new World();
  for (const name of ['ann', 'bob', 'cy']) world.open(name).line.up();
  for (let restart = 0; restart < 100; restart++) {
    await pause();
    world.relay.settle();
    await pause();
    for (const [index, page] of world.pages.entries()) {
      world.type(page, index * 7, 3);
      page.line.deliverOne('up');
    }
    world.restart();
    for (const [index, page] of world.pages.entries()) world.type(page, index * 5, 3);
    const [first] = world.pages;
    // Every third restart takes a page with it.
    if (first && restart % 3 === 0) {
      await world.crash(first);
      world.open(first.name);
    }
    for (const { line } of world.pages) line.up();
  }
  await world.settle();
  world.check();
  expect(world.text.size).toBeGreaterThan(1000);
  await world.end();
}, 60_000);
