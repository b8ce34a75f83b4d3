/** The sizes of the panes, as parts of the workspace. A browser remembers them for its person. */
import { isRecord } from '../../protocol/json';

export interface PaneSizes {
  /** The width of the question. */
  readonly question: number;
  /** The width of the output where it is beside the code. */
  readonly output: number;
  /** The height of the output where it is under the code. */
  readonly below: number;
}

export const DEFAULT_SIZES: PaneSizes = { question: 0.28, output: 0.34, below: 0.4 };

/** The least and the most that each pane can have. */
export const RANGES = {
  question: [0.15, 0.45],
  output: [0.15, 0.5],
  below: [0.15, 0.75]
} as const satisfies Record<keyof PaneSizes, readonly [number, number]>;

const KEY = 'arena:panes';

/** The remembered sizes; the default ones where there are none, or no storage. */
export function rememberedSizes(): PaneSizes {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    const size = (pane: keyof PaneSizes): number => {
      const value = isRecord(kept) ? kept[pane] : null;
      const [least, most] = RANGES[pane];
      const isSize = typeof value === 'number' && value >= least && value <= most;
      return isSize ? value : DEFAULT_SIZES[pane];
    };
    return { question: size('question'), output: size('output'), below: size('below') };
  } catch {
    // There is no storage, or other data in it.
    return DEFAULT_SIZES;
  }
}

export function rememberSizes(sizes: PaneSizes): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(sizes));
  } catch {
    // There is no storage, or it is full: the sizes last as long as the page.
  }
}
