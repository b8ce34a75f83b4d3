/**
 * Cursors in the editor: publishes this participant's cursor, and draws the others' with their names.
 *
 * Remote cursors are drawn in CodeMirror layers over and under the text, not in the text, so that
 * they do not move it. A presence state that is malformed draws nothing.
 */
import type { Extension } from '@codemirror/state';
import { EditorSelection } from '@codemirror/state';
import type { EditorView, LayerMarker, ViewUpdate } from '@codemirror/view';
import { RectangleMarker, ViewPlugin, layer } from '@codemirror/view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { textOn } from '../common/color';
import { othersPresence, rootOf } from './presence-states';
import { isRecord } from '../../protocol/json';

/** A remote selection as offsets in the text. */
interface RemoteCursor {
  client: number;
  name: string;
  color: string;
  anchor: number;
  head: number;
}

/** The longest name in a label, in UTF-16 units. */
const LABEL_LENGTH = 24;

/** The extension for an editor that shows `code`. */
export function cursorPresence(code: Y.Text, awareness: Awareness): Extension {
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

/** Dispatches an empty transaction when others' presence changes, so that the layers draw again. */
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

/** Publish a cursor at the start of `code`, unless the published cursor is in `code` already. */
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

/** Publish this editor's cursor, in the form that standard Yjs editors use. */
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
  const end = view.state.doc.length;
  return othersPresence(awareness).flatMap(({ client, name, color, cursor }) => {
    const anchor = resolve(cursor.anchor, code);
    const head = resolve(cursor.head, code);
    if (anchor === null || head === null) {
      return [];
    }
    return [
      {
        ...{ client, color, name: name.slice(0, LABEL_LENGTH) },
        anchor: Math.min(anchor, end),
        head: Math.min(head, end)
      }
    ];
  });
}

/** The offset in `code` of a relative position from the wire; null where it is none. */
export function resolve(json: unknown, code: Y.Text): number | null {
  if (!isRecord(json) || !code.doc || !isId(json.item) || !isId(json.type)) {
    return null;
  }
  // A cursor in another text is not shown here, and the document may not even have that text: Yjs
  // would make one.
  if ((json.tname ?? null) !== null && json.tname !== Y.findRootTypeKey(code)) {
    return null;
  }
  try {
    const position = Y.createAbsolutePositionFromRelativePosition(
      Y.createRelativePositionFromJSON(json),
      code.doc
    );
    return position !== null && position.type === code ? position.index : null;
  } catch {
    // It refers to an item that this text does not have, or not yet.
    return null;
  }
}

/** Whether a value from JSON is a Yjs item id or absent. */
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
    element.style.setProperty('--arena-color', this.cursor.color);
    element.style.setProperty('--arena-on-color', textOn(this.cursor.color));
    if (this.label !== null) {
      const label = element.appendChild(document.createElement('span'));
      label.className = 'arena-remote-label';
      label.textContent = this.label;
      // There is no space above the first line.
      element.classList.toggle('arena-below', this.rectangle.top < this.rectangle.height);
    }
    return element;
  }
}
