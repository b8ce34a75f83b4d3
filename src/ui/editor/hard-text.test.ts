import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';

import { LINE, drawnLength, isQuickToHighlight } from './hard-text';

const doc = (text: string): Text => Text.of(text.split('\n'));

describe('a line in the editor', () => {
  it('is drawn whole where people write it', () => {
    for (const line of [
      '',
      `${'\u00a0'.repeat(24)}return 1;`,
      'const π = 3.14159; // naïve, café, Straße, 中文 comment, עברית, العربية, हिन्दी',
      '# שלום: print("hello") מדפיס את המילה hello על המסך, ו-print("bye") מדפיס bye',
      '# 我们用 for 循环遍历 list，然后调用 print 函数输出 result，最后 return None。',
      'e\u0301te\u0301 👨‍👩‍👧‍👦 🇩🇪 👍🏽 ' + 'word '.repeat(100)
    ]) {
      expect(drawnLength(line)).toBe(line.length);
    }
  });

  it('is drawn up to its limits where no person writes it', () => {
    for (const line of [
      'm'.repeat(5000),
      'אa'.repeat(500),
      'a' + '\u0301'.repeat(500),
      '\u202e\u202da'.repeat(300),
      'aאअกㄱ中😀'.repeat(100),
      '\0'.repeat(100),
      'a\u00a0'.repeat(100)
    ]) {
      expect(drawnLength(line)).toBeLessThanOrEqual(LINE);
      expect(drawnLength(line)).toBeLessThan(line.length);
    }
  });

  it('is never cut within a pair', () => {
    for (const before of ['', 'a']) {
      const line = before + '😀'.repeat(LINE);
      const end = drawnLength(line);
      expect(line.codePointAt(end)).toBe(0x1f600);
    }
  });
});

describe('highlighting', () => {
  it('is for programs of people', () => {
    expect(
      isQuickToHighlight(doc('    total = total + price * count  # so far\n'.repeat(1000)))
    ).toBe(true);
  });

  it('is not for texts that are long, or that fill a screen with words', () => {
    expect(isQuickToHighlight(doc('a\n'.repeat(40_000)))).toBe(false);
    expect(isQuickToHighlight(doc('a+'.repeat(600)))).toBe(false);
    expect(isQuickToHighlight(doc(`${'a+'.repeat(100)}\n`.repeat(150)))).toBe(false);
    const apart = `${'a+'.repeat(100)}\n`.repeat(40) + '\n'.repeat(200);
    expect(isQuickToHighlight(doc(apart + apart))).toBe(true);
  });
});
