/**
 * The payload shapes that the fold and the screen accept: an event of another shape is skipped. A
 * validator of the few JSON Schema keywords in `event-shapes.generated.ts`, for playback only: it
 * checks types and required properties. The server checks sizes, and a newer server may add other
 * properties.
 */
import { SHAPES } from './event-shapes.generated';
import { isRecord } from './json';
import { LANGUAGES } from './wire';
import type { Language, LoggedEvent } from './wire';

interface Shape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly oneOf?: readonly Shape[];
  /** The default shape of a property whose name has no shape of its own. */
  readonly additionalProperties?: Shape;
}

/** Whether an entry's event has a type that this page knows, and its shape. */
export function isLogged(event: {
  type: string;
  payload: Readonly<Record<string, unknown>>;
  seq: number;
  at: number;
}): event is LoggedEvent {
  const shapes: Readonly<Record<string, Shape>> = SHAPES;
  const shape = Object.hasOwn(shapes, event.type) ? shapes[event.type] : undefined;
  return shape !== undefined && conforms(event.payload, shape);
}

/** Whether `value` names a language that this page has. */
export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some(language => language === value);
}

function conforms(value: unknown, shape: Shape): boolean {
  if (shape.enum && !shape.enum.some(each => each === value)) return false;
  if (shape.type !== undefined && ![shape.type].flat().some(type => isOfType(value, type))) {
    return false;
  }
  if (Array.isArray(value)) {
    const { items } = shape;
    return items === undefined || value.every(item => conforms(item, items));
  }
  return !isRecord(value) || propertiesConform(value, shape);
}

function propertiesConform(value: Readonly<Record<string, unknown>>, shape: Shape): boolean {
  const { properties = {}, required = [], oneOf, additionalProperties } = shape;
  if (!required.every(key => value[key] !== undefined)) return false;
  if (oneOf && oneOf.filter(each => propertiesConform(value, each)).length !== 1) return false;
  return Object.entries(value).every(([key, property]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    return known === undefined || property === undefined || conforms(property, known);
  });
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isRecord(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return Number.isFinite(value);
  return typeof value === type;
}
