import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { LIMITS } from '../protocol/wire';
import { splitUpdate } from './split-update';

function docOf(...updates: Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) {
    Y.applyUpdate(doc, update);
    if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('a piece with a gap');
  }
  return doc;
}

function expectSame(doc: Y.Doc): Uint8Array[] {
  const pieces = splitUpdate(Y.encodeStateAsUpdate(doc));
  for (const piece of pieces) expect(piece.length).toBeLessThan(LIMITS.frame);
  const copy = docOf(...pieces);
  expect(copy.getText('code').toJSON()).toBe(doc.getText('code').toJSON());
  expect(Y.equalSnapshots(Y.snapshot(copy), Y.snapshot(doc))).toBe(true);
  return pieces;
}

describe('splitUpdate', () => {
  it('does not change an update that fits a frame', () => {
    const doc = new Y.Doc();
    doc.getText('code').insert(0, 'x'.repeat(LIMITS.frame / 2));
    const update = Y.encodeStateAsUpdate(doc);
    expect(splitUpdate(update)).toEqual([update]);
  });

  it.each(['x', '€', '😀', 'a😀'])('cuts a big paste of %s between characters', unit => {
    const doc = new Y.Doc();
    doc.getText('code').insert(0, unit.repeat(300_000));
    const pieces = expectSame(doc);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      for (const { content } of Y.decodeUpdate(piece).structs.filter(s => s instanceof Y.Item)) {
        if (content instanceof Y.ContentString)
          expect(content.str).not.toMatch(/\p{Surrogate}|\ufffd/u);
      }
    }
  });

  it('keeps deletions and insertions inside', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(400_000), fc.nat(5000), fc.boolean()), {
          maxLength: 30,
          size: 'max'
        }),
        edits => {
          const doc = new Y.Doc();
          const text = doc.getText('code');
          text.insert(0, 'abc\n'.repeat(100_000));
          for (const [at, length, insert] of edits) {
            const place = at % (text.length + 1);
            if (insert) text.insert(place, 'é'.repeat(length + 1));
            else text.delete(place, Math.min(length, text.length - place));
          }
          expect(expectSame(doc).length).toBeGreaterThan(1);
        }
      ),
      { numRuns: 15 }
    );
  });

  it('splits thousands of tiny edits', () => {
    const doc = new Y.Doc();
    const text = doc.getText('code');
    for (let index = 0; index < 40_000; index++) text.insert(0, 'q');
    expect(expectSame(doc).length).toBeGreaterThan(1);
  });

  it('splits a difference to a server, not only a whole document', () => {
    const doc = new Y.Doc();
    doc.getText('code').insert(0, 'start');
    const server = docOf(Y.encodeStateAsUpdate(doc));
    doc.getText('code').insert(2, '€'.repeat(200_000));
    doc.getText('code').delete(0, 1);
    const missing = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server));
    for (const piece of splitUpdate(missing)) {
      Y.applyUpdate(server, piece);
      expect(server.store.pendingStructs).toBeNull();
    }
    expect(server.getText('code').toJSON()).toBe(doc.getText('code').toJSON());
  });
});
