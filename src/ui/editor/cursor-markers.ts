/**
 * The carets and selections of others, as markers of a CodeMirror layer. A marker that moves keeps its
 * element: of many cursors, only those that moved cost anything.
 */
import { EditorSelection } from '@codemirror/state';
import type { EditorView, LayerMarker } from '@codemirror/view';
import { RectangleMarker } from '@codemirror/view';

import { textOn } from '../common/color';

/** A remote selection as offsets in the text. */
export interface RemoteCursor {
  client: number;
  name: string;
  color: string;
  anchor: number;
  head: number;
}

/** Milliseconds after which the name of a caret that rests fades, so that it does not hide code. */
const REST = 4000;

/** The markers of a selection: none where it is empty. */
export function selectionOf(view: EditorView, cursor: RemoteCursor): LayerMarker[] {
  if (cursor.anchor === cursor.head) {
    return [];
  }
  const range = EditorSelection.range(cursor.anchor, cursor.head);
  return RectangleMarker.forRange(view, 'arena-remote-selection', range).map(
    rectangle => new RemoteMarker(rectangle, cursor, null)
  );
}

/** The markers of a caret with its name. */
export function caretOf(view: EditorView, cursor: RemoteCursor): LayerMarker[] {
  const range = EditorSelection.cursor(cursor.head);
  return RectangleMarker.forRange(view, 'arena-remote-caret', range).map(
    rectangle => new RemoteMarker(rectangle, cursor, cursor.name)
  );
}

/** A rectangle in a participant's colour; a caret has the name as its label. */
class RemoteMarker implements LayerMarker {
  constructor(
    private readonly rectangle: RectangleMarker,
    private readonly cursor: RemoteCursor,
    private readonly label: string | null
  ) {}

  eq(other: LayerMarker): boolean {
    return (
      other instanceof RemoteMarker &&
      other.rectangle.eq(this.rectangle) &&
      other.cursor.client === this.cursor.client &&
      other.cursor.color === this.cursor.color &&
      other.label === this.label
    );
  }

  draw(): HTMLElement {
    const element = this.rectangle.draw();
    this.#colour(element);
    if (this.label !== null) {
      const label = element.appendChild(document.createElement('span'));
      label.className = 'arena-remote-label';
      label.textContent = this.label;
      this.#move(element);
    }
    return element;
  }

  /** Make the element of `previous` this one's. Returns whether it can be. */
  update(element: HTMLElement, previous: LayerMarker): boolean {
    if (
      !(previous instanceof RemoteMarker) ||
      (previous.label === null) !== (this.label === null)
    ) {
      return false;
    }
    if (this.eq(previous)) {
      return true;
    }
    this.rectangle.update(element, previous.rectangle);
    if (previous.cursor.color !== this.cursor.color) {
      this.#colour(element);
    }
    if (previous.label !== this.label && element.firstChild) {
      element.firstChild.textContent = this.label;
    }
    if (this.label !== null) {
      this.#move(element);
    }
    return true;
  }

  #colour(element: HTMLElement): void {
    element.style.setProperty('--arena-color', this.cursor.color);
    element.style.setProperty('--arena-on-color', textOn(this.cursor.color));
  }

  #move(element: HTMLElement): void {
    // There is no space above the first line.
    element.classList.toggle('arena-below', this.rectangle.top < this.rectangle.height);
    showName(element);
  }
}

/** The time at which each caret last moved, while its name is shown. */
const moved = new WeakMap<HTMLElement, number>();

/** Show the name of a caret until it has rested. Each caret has one timer, however often it moves. */
function showName(caret: HTMLElement): void {
  const isShown = moved.has(caret);
  moved.set(caret, Date.now());
  if (isShown) {
    return;
  }
  caret.classList.remove('arena-resting');
  const rest = (): void => {
    const left = (moved.get(caret) ?? 0) + REST - Date.now();
    if (left > 0) {
      setTimeout(rest, left);
    } else {
      moved.delete(caret);
      caret.classList.add('arena-resting');
    }
  };
  setTimeout(rest, REST);
}
