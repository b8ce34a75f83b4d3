import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { luminance, safeColor, textOn } from './color';

const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

describe('colours', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('writes legibly on any colour', () => {
    const channel = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), channels => {
        const color = `#${channels.map(value => value.toString(16).padStart(2, '0')).join('')}`;
        expect(contrast(color, textOn(color))).toBeGreaterThanOrEqual(4.5);
      })
    );
  });

  it('lets nothing but #rrggbb through', () => {
    expect(safeColor('#1A73e8')).toBe('#1A73e8');
    for (const hostile of ['red', '#fff', '#1a73e8;background:url(//x)', '', 7, null, undefined]) {
      expect(safeColor(hostile)).toMatch(/^#[0-9a-f]{6}$/);
    }
  });
});
