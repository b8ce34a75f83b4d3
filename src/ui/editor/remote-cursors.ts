/**
 * Presence in the editor: tells the others where this cursor is, and draws theirs with their name.
 *
 * Remote cursors are drawn in layers over and under the text, not in it: nothing shifts while
 * somebody types, and a hostile presence state can at worst draw nothing.
 */
import type { Extension } from '@codemirror/state';
import { EditorSelection } from '@codemirror/state';
import type { EditorView, LayerMarker, ViewUpdate } from '@codemirror/view';
import { RectangleMarker, ViewPlugin, layer } from '@codemirror/view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { safeColor, textOn } from '../common/color';
import { rootOf } from './file-presence';

/** A remote selection, resolved to positions in the text. */
export interface RemoteCursor {
  client: number;
  name: string;
  color: string;
  anchor: number;
  head: number;
}

/** Names on the wire are bounded; a label need not be longer than this, in characters. */
const LABEL_LENGTH = 24;

/** Both halves of presence for the editor that shows `code`. */
export function presence(code: Y.Text, awareness: Awareness): Extension {
  const redraw = redrawOnPresence(awareness);
  return [
    ViewPlugin.define(() => ({ update: update => publish(update, code, awareness) })),
    redraw,
    layer({
      above: false,
      class: 'arena-remote-selections',
      update: (update: ViewUpdate) => changed(update),
      markers: view => remoteCursors(view, code, awareness).flatMap(c => selectionOf(view, c))
    }),
    layer({
      above: true,
      class: 'arena-remote-cursors',
      update: (update: ViewUpdate) => changed(update),
      markers: view => remoteCursors(view, code, awareness).flatMap(c => caretOf(view, c))
    })
  ];
}

/** An empty transaction is how a layer is asked to look again. */
function redrawOnPresence(awareness: Awareness): Extension {
  return ViewPlugin.define(view => {
    const onChange = (change: { added: number[]; updated: number[]; removed: number[] }): void => {
      const own = awareness.clientID;
      if ([...change.added, ...change.updated, ...change.removed].some(client => client !== own)) {
        view.dispatch({});
      }
    };
    awareness.on('change', onChange);
    return { destroy: () => awareness.off('change', onChange) };
  });
}

function changed(update: ViewUpdate): boolean {
  return (
    update.docChanged ||
    update.viewportChanged ||
    update.geometryChanged ||
    update.transactions.length > 0
  );
}

/** Tell the others that this person looks at `code` now, where they were told of another text. */
export function enterText(code: Y.Text, awareness: Awareness): void {
  const cursor = cursorAt(code, 0, 0);
  if (rootOf(awareness.getLocalState()?.cursor) !== rootOf(cursor)) {
    awareness.setLocalStateField('cursor', cursor);
  }
}

function cursorAt(code: Y.Text, anchor: number, head: number): object {
  const position = (index: number): object =>
    Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(code, index)) as object;
  return { anchor: position(anchor), head: position(head) };
}

/** Write this cursor to presence, in the form that standard Yjs editors write it. */
function publish(update: ViewUpdate, code: Y.Text, awareness: Awareness): void {
  const local = awareness.getLocalState();
  if (local === null || !update.view.hasFocus) {
    return;
  }
  const { anchor, head } = update.state.selection.main;
  const cursor = cursorAt(code, anchor, head);
  if (JSON.stringify(local.cursor) !== JSON.stringify(cursor)) {
    awareness.setLocalStateField('cursor', cursor);
  }
}

function remoteCursors(view: EditorView, code: Y.Text, awareness: Awareness): RemoteCursor[] {
  const found: RemoteCursor[] = [];
  for (const [client, state] of awareness.getStates()) {
    const { cursor, user } = state as { cursor?: unknown; user?: unknown };
    if (client === awareness.clientID || !isRecord(cursor)) {
      continue;
    }
    const anchor = resolve(cursor.anchor, code);
    const head = resolve(cursor.head, code);
    if (anchor === null || head === null) {
      continue;
    }
    const end = view.state.doc.length;
    const { name, color } = isRecord(user) ? user : {};
    found.push({
      client,
      name: typeof name === 'string' && name !== '' ? name.slice(0, LABEL_LENGTH) : 'Someone',
      color: safeColor(color),
      anchor: Math.min(anchor, end),
      head: Math.min(head, end)
    });
  }
  return found;
}

/** A relative position from the wire as an index into `code`, or null where it is not one. */
function resolve(json: unknown, code: Y.Text): number | null {
  if (!isRecord(json) || !code.doc || !isId(json.item) || !isId(json.type)) {
    return null;
  }
  const tname = json.tname;
  if (tname !== undefined && tname !== null && typeof tname !== 'string') {
    return null;
  }
  try {
    const position = Y.createAbsolutePositionFromRelativePosition(
      Y.createRelativePositionFromJSON(json),
      code.doc
    );
    return position !== null && position.type === code ? position.index : null;
  } catch {
    // It points at what this text does not hold (yet): there is then no cursor to draw.
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A Yjs item id from JSON, or its absence. */
function isId(value: unknown): boolean {
  if (value === undefined || value === null) {
    return true;
  }
  return isRecord(value) && Number.isSafeInteger(value.client) && Number.isSafeInteger(value.clock);
}

function selectionOf(view: EditorView, cursor: RemoteCursor): LayerMarker[] {
  if (cursor.anchor === cursor.head) {
    return [];
  }
  const range = EditorSelection.range(cursor.anchor, cursor.head);
  return RectangleMarker.forRange(view, 'arena-remote-selection', range).map(
    rectangle => new RemoteMarker(rectangle, cursor, null)
  );
}

/** A cursor's line, with its name. */
export function caretOf(view: EditorView, cursor: RemoteCursor): LayerMarker[] {
  const range = EditorSelection.cursor(cursor.head);
  return RectangleMarker.forRange(view, 'arena-remote-caret', range).map(
    rectangle => new RemoteMarker(rectangle, cursor, cursor.name)
  );
}

/** A rectangle in somebody's colour, with their name on it where it is a caret. */
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
    element.style.setProperty('--arena-color', this.cursor.color);
    element.style.setProperty('--arena-on-color', textOn(this.cursor.color));
    if (this.label !== null) {
      const label = element.appendChild(document.createElement('span'));
      label.className = 'arena-remote-label';
      label.textContent = this.label;
      // There is no room above the first line.
      element.classList.toggle('arena-below', this.rectangle.top < this.rectangle.height);
    }
    return element;
  }
}
