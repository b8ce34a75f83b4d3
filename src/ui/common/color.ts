/** Colours of participants: validation, and a text colour with enough contrast. */

const FALLBACK = '#757575';

/** `color` if it is `#rrggbb`, otherwise a grey, so that a style gets no other value from the wire. */
export function safeColor(color: unknown): string {
  return typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : FALLBACK;
}

/** Relative luminance of a `#rrggbb` colour, 0 to 1, as WCAG 2 defines it. */
export function luminance(color: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** Black or white, the one with more contrast to `color`; the contrast is at least 4.5:1. */
export function textOn(color: string): '#000000' | '#ffffff' {
  const light = luminance(color) + 0.05;
  return light / 0.05 >= 1.05 / light ? '#000000' : '#ffffff';
}
