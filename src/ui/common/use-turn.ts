/** The turn of costly content: it is drawn while it is in view, after the content before it. */
import { useCallback, useEffect, useState } from 'react';

import { drawQueue } from './draw-queue';

export interface Turn {
  /** The `ref` of the element that holds the content, or a place for it while it is not drawn. */
  place: (element: HTMLElement | null) => void;
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

/**
 * `id` is the same after a reload. With `loads`, the content calls `loaded` itself. Without `ready`,
 * nothing is drawn yet.
 */
export function useTurn(id: string, { loads = false, ready = true } = {}): Turn {
  const [element, place] = useState<HTMLElement | null>(null);
  const [visible, setVisible] = useState(false);
  const [wanted, setWanted] = useState(false);
  const [due, setDue] = useState(false);
  const [height, setHeight] = useState<number | null>(null);
  const [hung, setHung] = useState(() => drawQueue().marks.hung(id));
  const mayDraw = visible && ready && !hung;
  const drawn = mayDraw && due;

  useEffect(() => {
    if (!element) return;
    const observer = new IntersectionObserver(entries => {
      const inView = entries.at(-1)?.isIntersecting === true;
      if (inView) setWanted(true);
      else setHeight(known => element.offsetHeight || known);
      setVisible(inView);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);

  useEffect(() => {
    if (!mayDraw) return;
    const leave = drawQueue().add(id, () => setDue(true));
    return () => {
      leave();
      setDue(false);
    };
  }, [id, mayDraw]);

  useEffect(() => {
    if (!drawn) return;
    if (!loads) drawQueue().drawn(id);
    return () => drawQueue().marks.end(id);
  }, [id, drawn, loads]);

  const loaded = useCallback(() => drawQueue().drawn(id), [id]);
  const allow = useCallback(() => setHung(false), []);
  return { place, drawn, wanted, height, hung, allow, loaded };
}
