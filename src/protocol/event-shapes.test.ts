import { describe, expect, it } from 'vitest';
import { isLogged } from './event-shapes';
import { SHAPES } from './event-shapes.generated';

interface Shape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly oneOf?: readonly Shape[];
}

const EVENTS: [string, Shape][] = Object.entries(SHAPES);

/** A value of a shape, with all its named properties; the first of alternatives. */
function example(shape: Shape): unknown {
  if (shape.enum) return shape.enum[0];
  const [type] = [shape.type].flat();
  if (type === 'object') {
    const others = shape.oneOf?.slice(1).flatMap(each => each.required ?? []) ?? [];
    const named = Object.entries(shape.properties ?? {}).filter(([key]) => !others.includes(key));
    return Object.fromEntries(named.map(([key, each]) => [key, example(each)]));
  }
  if (type === 'array') return shape.items ? [example(shape.items)] : [];
  if (type === 'boolean') return true;
  return type === 'string' ? 'x' : 1;
}

function payloadOf(shape: Shape): Record<string, unknown> {
  return example(shape) as Record<string, unknown>;
}

function taken(type: string, payload: Readonly<Record<string, unknown>>): boolean {
  return isLogged({ type, payload, seq: 1, at: 1 });
}

describe('an event of the log', () => {
  it.each(EVENTS)('is accepted in its shape, also with new properties: %s', (type, shape) => {
    const payload = payloadOf(shape);
    expect(taken(type, payload)).toBe(true);
    expect(taken(type, { ...payload, more: [] })).toBe(true);
    const needed = (shape.required ?? []).map(key => [key, payload[key]] as const);
    expect(taken(type, Object.fromEntries(needed))).toBe(true);
  });

  it.each(EVENTS)('is skipped in another shape: %s', (type, shape) => {
    const payload = payloadOf(shape);
    for (const key of Object.keys(payload)) {
      expect(taken(type, { ...payload, [key]: [{}] })).toBe(false);
    }
    for (const key of shape.required ?? []) {
      expect(taken(type, { ...payload, [key]: undefined })).toBe(false);
    }
  });

  it('is skipped if its type is unknown to this page', () => {
    expect(taken('confetti', {})).toBe(false);
    expect(taken('constructor', {})).toBe(false);
  });

  it.each([
    { stream: 'stdout', data: 'x' },
    { mime: 'image/png', data: 'x' }
  ])('has chunks such as %o', chunk => {
    expect(taken('execution-output', { userId: null, runId: 'r', chunks: [chunk] })).toBe(true);
  });

  it.each([
    null,
    'x',
    [],
    {},
    { data: 'x' },
    { stream: 'stdout' },
    { stream: 'nowhere', data: 'x' },
    { mime: 1, data: 'x' },
    { stream: 'stdout', mime: 'text/plain', data: 'x' }
  ])('has no chunks such as %o', chunk => {
    expect(taken('execution-output', { userId: null, runId: 'r', chunks: [chunk] })).toBe(false);
  });

  it('has a duration that is a number, and places of whole numbers', () => {
    const result = { userId: null, runId: 'r', output: '', error: null, status: 'ok' };
    expect(taken('execution-result', { ...result, durationMs: 0.5 })).toBe(true);
    expect(taken('execution-result', { ...result, durationMs: Infinity })).toBe(false);
    const place = { line: 1, column: 0, end: { line: 1, column: 0.5 } };
    expect(taken('execution-result', { ...result, durationMs: null, location: place })).toBe(false);
  });
});
