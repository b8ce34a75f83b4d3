// @vitest-environment happy-dom
import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';

import { Recorder } from '../../../tests/load/typists/recorder';
import { enter, mount, one, settle } from '../../../tests/support/ui';
import { buildFilm } from '../../playback/film-builder';
import { Film } from '../../playback/film';
import type { ForkedText } from '../../playback/fork';
import { Screen } from './Screen';

const PASTED = `# ${'a line that was written somewhere else '.repeat(2)}`;
const RED = '#c62828';
const BLUE = '#1565c0';

/** The player with a film of what `record` records, with the slider focused. */
async function watch(record: (recorder: Recorder) => void) {
  const recorder = new Recorder();
  record(recorder);
  const forked: ForkedText[] = [];
  const { root } = mount(
    <Screen
      film={new Film(buildFilm(recorder.text()))}
      verdict={Promise.resolve({ state: 'verified' })}
      runners={null}
      timeLimit={() => 1000}
      fork={text => Promise.resolve(void forked.push(text))}
    />
  );
  await settle();
  const slider = one(root, '[role=slider]');
  const press = async (key: string, target: Element = slider): Promise<boolean> => {
    const [shift, name] = key.startsWith('Shift+') ? [true, key.slice(6)] : [false, key];
    const event = new KeyboardEvent('keydown', {
      ...{ key: shift && name.length === 1 ? name.toUpperCase() : name, shiftKey: shift },
      ...{ bubbles: true, cancelable: true }
    });
    await settle(() => target.dispatchEvent(event));
    return event.defaultPrevented;
  };
  const text = (): string | undefined =>
    EditorView.findFromDOM(one(root, '.cm-editor'))?.state.doc.toString();
  const time = (): number => Number(slider.getAttribute('aria-valuenow'));
  const language = (): string => one(root, 'header .arena-note').textContent;
  return { root, slider, press, text, time, language, forked };
}

/** Ana types, is away for two minutes, and comes back; Ben pastes; the language changes. */
function interview(recorder: Recorder): void {
  const [ana, ben] = [recorder.person('ana'), recorder.person('ben')];
  const type = (text: string): void => {
    for (const key of text) {
      recorder.at += 100;
      ana.type(key);
    }
  };
  ana.join('Ana', 'interviewer', RED);
  type('abc');
  ben.join('Ben', 'candidate', BLUE);
  ana.leave();
  recorder.at += 120_000;
  ana.join('Ana', 'interviewer', RED);
  type('def');
  recorder.sync();
  recorder.at += 60_000;
  ben.type(PASTED);
  recorder.at += 1000;
  recorder.event('language-updated', { userId: 'ben', language: 'javascript' }, 'ben');
  recorder.sync();
  type('!');
}

describe('the shortcuts of the player', () => {
  it('jump to joins, absences, pastes and language changes, and back with Shift', async () => {
    const { press, text, language } = await watch(interview);
    await press('Home');
    await press('j');
    expect(text()).toBe('');
    await press('j');
    expect(text()).toBe('abc');
    await press('Home');
    await press('g'); // where Ana leaves
    expect(text()).toBe('abc');
    await press('g');
    expect(text()).toBe('abc');
    await press('p');
    expect(text()).toBe(`abcdef${PASTED}`);
    expect(language()).toContain('Python');
    await press('l');
    expect(language()).toContain('JavaScript');
    await press('End');
    expect(text()).toBe(`abcdef${PASTED}!`);
    await press('Shift+l');
    expect(text()).toBe(`abcdef${PASTED}`);
    expect(language()).toContain('JavaScript');
    await press('Shift+p');
    expect(language()).toContain('Python');
    await press('Shift+g');
    expect(text()).toBe('abc');
    await press('Shift+j');
    expect(text()).toBe('abc');
    await press('Shift+j');
    expect(text()).toBe('');
  });

  it('move the slider as those of any slider do', async () => {
    const { press, text, time, slider } = await watch(interview);
    await press('Home');
    await press('ArrowUp');
    await press('ArrowUp');
    expect(text()).toBe('ab');
    await press('ArrowDown');
    expect(text()).toBe('a');
    await press('Home');
    const length = Number(slider.getAttribute('aria-valuemax'));
    await press('PageUp');
    await press('PageUp');
    await press('PageUp');
    await press('PageDown');
    expect(Math.abs(time() - length / 5)).toBeLessThanOrEqual(1);
  });

  it('leave it to everything else to scroll', async () => {
    const { root, press, text } = await watch(interview);
    for (const key of ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown']) {
      expect(await press(key, one(root, '[role=tabpanel]'))).toBe(false);
      expect(await press(key, one(root, '.cm-content'))).toBe(false);
    }
    expect(text()).toContain('!');
  });

  it('jump to absences by buttons, too', async () => {
    const { root, text } = await watch(interview);
    await enter(one(root, '[aria-label="Jump between"]'), 'Absences');
    await settle(() => one(root, '[aria-label="Previous of Absences"]').click());
    expect(text()).toBe('abc');
  });
});

describe('the scrubber', () => {
  /** The start and the height of each bar of a participant. */
  function bars(root: HTMLElement, color: string): { at: number; height: number }[] {
    const path = one(root, `.arena-scrubber svg path[fill="${color}"]`).getAttribute('d') ?? '';
    return [...path.matchAll(/M(\d+) \d+v-([\d.]+)/g)].map(([, at, height]) => ({
      at: Number(at),
      height: Number(height)
    }));
  }

  it('shows for each person when they typed, and how much', async () => {
    const { root } = await watch(recorder => {
      const [ana, ben] = [recorder.person('ana'), recorder.person('ben')];
      ana.join('Ana', 'interviewer', RED);
      ben.join('Ben', 'candidate', BLUE);
      for (let second = 0; second < 100; second++) {
        recorder.at += 1000;
        if (second < 50) ana.type('a');
        else if (second === 75) ben.type(PASTED);
        else if (second > 90) ben.type('b');
      }
    });
    const [ana, ben] = [bars(root, RED), bars(root, BLUE)];
    expect(ana).toHaveLength(50);
    expect(Math.max(...ana.map(({ at }) => at))).toBeLessThan(Math.min(...ben.map(({ at }) => at)));
    // A paste has the highest bar, and a single key next to it is still visible.
    const [pasted, ...typed] = ben;
    expect(typed.length).toBeGreaterThan(0);
    expect(typed.every(({ height }) => height >= 3 && height < (pasted?.height ?? 0))).toBe(true);
  });

  it('marks events at their places, and names them', async () => {
    const { root } = await watch(interview);
    const marks = [...root.querySelectorAll<HTMLElement>('.arena-moment')];
    const titles = marks.map(({ title }) => title.replace(/^\S+ /, ''));
    expect(titles).toContain('Ana was away for 2 min 0 s');
    expect(titles).toContain(`Ben pasted ${PASTED.length} characters`);
    const places = marks.map(({ style }) => parseFloat(style.left));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

describe('the choice of a text', () => {
  const twoFiles = (recorder: Recorder): void => {
    const ana = recorder.person('ana');
    ana.join();
    recorder.event('file-added', { userId: 'ana', name: 'other.py', root: 'code/2' }, 'ana');
    ana.doc.getText('code/2').insert(0, 'other');
    recorder.event('question-changed', { userId: 'ana', question: 'Sort it' }, 'ana');
  };
  const names = (root: HTMLElement): string[] =>
    [...root.querySelectorAll('[aria-label="Which text"] option')].map(each => each.textContent);

  it('is the file that runs, also where nothing is in it, until another is picked', async () => {
    const { root, text, press } = await watch(recorder => {
      twoFiles(recorder);
      const main = { userId: 'ana', name: 'other.py', root: 'code/2' };
      recorder.event('main-file-changed', main, 'ana');
    });
    const select = one(root, '[aria-label="Which text"]') as HTMLSelectElement;
    expect(names(root)).toEqual(['The file that runs', 'other.py']);
    expect(select.selectedOptions[0]?.textContent).toBe('The file that runs');
    expect(text()).toBe('other');
    await press('ArrowLeft');
    expect(text()).toBe('');
    await enter(select, '0');
    await press('End');
    expect(text()).toBe('other');
    await press('ArrowLeft');
    await enter(select, '-1');
    expect(text()).toBe('');
    await press('End');
    expect(text()).toBe('other');
  });

  it('is not offered where there is one text', async () => {
    const { root } = await watch(interview);
    expect(names(root)).toEqual([]);
  });

  it('is copied into a new session with the question, and the page names the parts not copied', async () => {
    const { root, forked } = await watch(twoFiles);
    const button = one(root, '.arena-actions button');
    const note = root.querySelector(`[id="${button.getAttribute('aria-describedby') ?? ''}"]`);
    expect(note?.textContent).toBe('Without the other file');
    await settle(() => button.click());
    expect(forked).toEqual([
      { title: 'Backend', language: 'python', question: 'Sort it', code: '' }
    ]);
  });
});
