/** Colours of participants: taken from the wire only as `#rrggbb`, and written on legibly. */

const FALLBACK = '#757575';

/** `color` when it is `#rrggbb`, otherwise a neutral grey: nothing else may reach a style. */
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

/** Black or white, whichever contrasts more with `color`: at least 4.5:1 on any of them. */
export function textOn(color: string): '#000000' | '#ffffff' {
  const light = luminance(color) + 0.05;
  return light / 0.05 >= 1.05 / light ? '#000000' : '#ffffff';
}
