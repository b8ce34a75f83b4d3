/**
 * Canonical JSON: one line with its keys sorted and without spaces. Numbers and strings stay as they
 * are written, because Python and JavaScript do not write the same number alike.
 */
import { Damaged } from './damaged';

/** Deepest nesting. No entry of a recording is nested as deeply. */
const DEPTH = 64;
const BROKEN = 'A line of the recording is not JSON.';

/** `line` in canonical form; raises `Damaged` where it is no JSON. */
export function canonicalJson(line: string): string {
  const reader = { line, at: 0 };
  return value(reader, 0);
}

interface Reader {
  line: string;
  at: number;
}

function value(reader: Reader, depth: number): string {
  if (depth > DEPTH) throw new Damaged('The recording is nested too deeply.');
  skipSpace(reader);
  switch (reader.line[reader.at]) {
    case '{':
      return object(reader, depth);
    case '[':
      return array(reader, depth);
    case '"':
      return string(reader);
    default:
      return scalar(reader);
  }
}

function object(reader: Reader, depth: number): string {
  const members: { key: string; text: string }[] = [];
  reader.at++;
  while (!closes(reader, '}')) {
    const raw = string(reader);
    skipSpace(reader);
    reader.at++;
    const key = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    members.push({ key, text: `${raw}:${value(reader, depth + 1)}` });
  }
  members.sort((a, b) => byCodePoints(a.key, b.key));
  return `{${members.map(member => member.text).join(',')}}`;
}

function array(reader: Reader, depth: number): string {
  const items: string[] = [];
  reader.at++;
  while (!closes(reader, ']')) items.push(value(reader, depth + 1));
  return `[${items.join(',')}]`;
}

/** Skip spaces and a comma. At the closing bracket, skip it and return true. */
function closes(reader: Reader, bracket: string): boolean {
  skipSpace(reader);
  if (reader.line[reader.at] === ',') {
    reader.at++;
    skipSpace(reader);
  }
  if (reader.at >= reader.line.length) throw new Damaged(BROKEN);
  if (reader.line[reader.at] !== bracket) return false;
  reader.at++;
  return true;
}

function string(reader: Reader): string {
  const start = reader.at;
  let end = reader.line.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(reader.line, end)) end = reader.line.indexOf('"', end + 1);
  if (end === -1) throw new Damaged(BROKEN);
  reader.at = end + 1;
  return reader.line.slice(start, reader.at);
}

function isEscaped(line: string, at: number): boolean {
  let backslashes = 0;
  while (line[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function scalar(reader: Reader): string {
  const pattern = /[^\s,\]}]+/y;
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.line)?.[0];
  if (found === undefined) throw new Damaged(BROKEN);
  reader.at += found.length;
  return found;
}

function skipSpace(reader: Reader): void {
  while (' \t\r\n'.includes(reader.line[reader.at] ?? '.')) reader.at++;
}

/** Python sorts by code points, JavaScript by UTF-16 units: these differ beyond the first plane. */
function byCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at === -1) return -1;
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1);
}
