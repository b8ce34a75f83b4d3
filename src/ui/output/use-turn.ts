/** The turn of costly content: it is drawn while it is in view, after the content before it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

import { drawQueue } from './draw-queue';

export interface Turn {
  /** The element that holds the content, and a place of the same height while it is not drawn. */
  ref: RefObject<HTMLDivElement>;
  /** Whether to draw now. */
  drawn: boolean;
  /** Whether the content was ever in view. */
  wanted: boolean;
  /** The height of the content when it was drawn last, in pixels; null before. */
  height: number | null;
  /** Whether this content hung the page before. It is not drawn until `allow` is called. */
  hung: boolean;
  allow: () => void;
  /** To be called when content that loads later, as a frame does, is there. */
  loaded: () => void;
}

/** `id` is the same after a reload. With `loads`, the content calls `loaded` itself. */
export function useTurn(id: string, { loads = false, ready = true } = {}): Turn {
  const ref = useRef<HTMLDivElement>(null);
  const [visible, setVisible] = useState(false);
  const [wanted, setWanted] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const [height, setHeight] = useState<number | null>(null);
  const [hung, setHung] = useState(() => drawQueue().marks.hung(id));

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(entries => {
      const inView = entries.at(-1)?.isIntersecting === true;
      setVisible(inView);
      if (inView) setWanted(true);
      else setHeight(known => element.offsetHeight || known);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const mayDraw = visible && ready && !hung;
  useEffect(() => {
    if (!mayDraw) {
      setDrawn(false);
      return;
    }
    return drawQueue().add(id, () => setDrawn(true));
  }, [id, mayDraw]);

  useEffect(() => {
    if (!drawn) return;
    if (!loads) drawQueue().drawn(id);
    return () => drawQueue().marks.end(id);
  }, [id, drawn, loads]);

  const loaded = useCallback(() => drawQueue().drawn(id), [id]);
  return { ref, drawn, wanted, height, hung, allow: () => setHung(false), loaded };
}
