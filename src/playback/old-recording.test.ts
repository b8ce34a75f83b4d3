/**
 * A recording from before the tree was split into folders still opens as the same film;
 * `tests/server/recording/test_old_recording.py` has the same for the server.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Film } from './film';
import { buildFilm } from './film-builder';

interface FinalState {
  /** By document and root, `pad:code`. */
  texts: Record<string, string>;
  language: string;
  title: string;
  question: string;
  seq: number;
  files: { name: string; root: string }[];
  main: string;
  participants: { id: string; name: string; color: string; role: string }[];
  runs: {
    id: string;
    participant: string | null;
    language: string;
    status: string;
    output: number;
    error: string | null;
  }[];
}

function read(name: string): string {
  return readFileSync(`tests/recordings/made-before-the-rooms.${name}`, 'utf-8');
}

it('opens a recording of an older version, with the same end', () => {
  const film = new Film(buildFilm(read('jsonl')));
  const end = JSON.parse(read('state.json')) as FinalState;
  const texts = film.data.texts.map(text => [
    `${text.document}:${text.root}`,
    film.frame(text, film.end).text
  ]);
  const state = film.stateAt(film.end);
  expect(Object.fromEntries(texts.filter(([, text]) => text !== ''))).toEqual(end.texts);
  expect(film.end).toBe(end.seq);
  expect(state.status).toBe('ended');
  expect(state.language).toBe(end.language);
  expect(state.title).toBe(end.title);
  expect(state.question).toBe(end.question);
  expect(state.files).toEqual(end.files);
  expect(state.main).toBe(end.main);
  expect([...state.participants.values()]).toEqual(end.participants);
  const runs = state.runs.map(run => ({
    id: run.id,
    participant: run.userId,
    language: run.language,
    status: run.status,
    output: run.chunks.reduce((size, chunk) => size + chunk.data.length, 0),
    error: run.error
  }));
  expect(runs).toEqual(end.runs);
});
