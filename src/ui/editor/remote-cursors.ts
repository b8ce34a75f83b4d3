/**
 * Cursors in the editor: publishes this participant's cursor, and draws the others' with their names.
 *
 * Remote cursors are drawn in CodeMirror layers over and under the text, not in the text, so that
 * they do not move it. A presence state that is malformed draws nothing. However many cursors move,
 * they are drawn once a frame, and only a cursor that moved is looked up in the document.
 */
import type { ChangeDesc, Extension } from '@codemirror/state';
import { Annotation } from '@codemirror/state';
import type { EditorView, LayerMarker, ViewUpdate } from '@codemirror/view';
import { ViewPlugin, layer } from '@codemirror/view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { isRecord } from '../../protocol/json';
import { caretOf, selectionOf } from './cursor-markers';
import { presenceOf, rootOf } from './presence-states';
import { toText, toView } from './text-binding';

/** The longest name in a label, in UTF-16 units. */
const LABEL_LENGTH = 24;

/** Marks a transaction that changes nothing but the cursors of others. */
const cursorsMoved = Annotation.define<true>();

/** The extension for an editor that shows `code`. */
export function cursorPresence(code: Y.Text, awareness: Awareness): Extension {
  const others = ViewPlugin.define(view => new RemoteCursors(view, code, awareness));
  const update = (): boolean => true;
  return [
    ViewPlugin.define(() => ({ update: each => publish(each, code, awareness) })),
    others,
    layer({
      ...{ above: false, class: 'arena-remote-selections', update },
      markers: view => view.plugin(others)?.selections() ?? []
    }),
    layer({
      ...{ above: true, class: 'arena-remote-cursors', update },
      markers: view => view.plugin(others)?.carets() ?? []
    })
  ];
}

/** A place in the text, as it came and as an offset, which is null until it is looked up. */
interface RemotePlace {
  readonly json: unknown;
  offset: number | null;
}

interface RemotePerson {
  readonly name: string;
  readonly color: string;
  readonly anchor: RemotePlace;
  readonly head: RemotePlace;
  /** As they were last drawn; null after a change of what they depend on. */
  carets: readonly LayerMarker[] | null;
  selections: readonly LayerMarker[] | null;
}

/** The cursors of others in one editor. */
class RemoteCursors {
  readonly #people = new Map<number, RemotePerson>();
  /** Whether the next frame draws the cursors anyway. */
  #due = false;

  constructor(
    private readonly view: EditorView,
    private readonly code: Y.Text,
    private readonly awareness: Awareness
  ) {
    this.#take(awareness.getStates().keys());
    awareness.on('change', this.#onChange);
  }

  destroy(): void {
    this.awareness.off('change', this.#onChange);
  }

  update(update: ViewUpdate): void {
    const others = update.transactions.filter(each => each.annotation(cursorsMoved) !== true);
    if (others.length === 0 && !update.viewportChanged && !update.geometryChanged) {
      return;
    }
    for (const person of this.#people.values()) {
      person.carets = person.selections = null;
      if (update.docChanged) {
        follow(person.anchor, update.changes);
        follow(person.head, update.changes);
      }
    }
  }

  carets(): readonly LayerMarker[] {
    this.#due = false;
    return this.#markers('carets', caretOf);
  }

  selections(): readonly LayerMarker[] {
    return this.#markers('selections', selectionOf);
  }

  #markers(kind: 'carets' | 'selections', draw: typeof caretOf): readonly LayerMarker[] {
    const { from, to } = this.view.viewport;
    const end = this.view.state.doc.length;
    const all: LayerMarker[] = [];
    for (const [client, person] of this.#people) {
      if (person[kind] === null) {
        const anchor = this.#offset(person.anchor, end);
        const head = this.#offset(person.head, end);
        const isSeen =
          anchor !== null &&
          head !== null &&
          Math.min(anchor, head) <= to &&
          Math.max(anchor, head) >= from;
        person[kind] = isSeen ? draw(this.view, { ...person, client, anchor, head }) : [];
      }
      all.push(...person[kind]);
    }
    return all;
  }

  #offset(place: RemotePlace, end: number): number | null {
    if (place.offset === null) {
      const offset = resolve(place.json, this.code);
      place.offset = offset === null ? null : toView(this.view, offset);
    }
    return place.offset === null ? null : Math.min(place.offset, end);
  }

  #onChange = (change: Record<'added' | 'updated' | 'removed', number[]>): void => {
    const clients = [...change.added, ...change.updated, ...change.removed];
    const own = this.awareness.clientID;
    if (clients.every(client => client === own)) {
      return;
    }
    this.#take(clients);
    if (!this.#due) {
      this.#due = true;
      // The layers draw after each transaction.
      this.view.dispatch({ annotations: cursorsMoved.of(true) });
    }
  };

  #take(clients: Iterable<number>): void {
    for (const client of clients) {
      const presence = presenceOf(this.awareness, client);
      if (presence === null) {
        this.#people.delete(client);
      } else {
        const { name, color, cursor } = presence;
        this.#people.set(client, {
          ...{ name: name.slice(0, LABEL_LENGTH), color, carets: null, selections: null },
          anchor: { json: cursor.anchor, offset: null },
          head: { json: cursor.head, offset: null }
        });
      }
    }
  }
}

/** Move a place with a change of the text. A change that touches it may divide it: it is looked up. */
function follow(place: RemotePlace, changes: ChangeDesc): void {
  if (place.offset !== null) {
    const touched = place.offset > changes.length || changes.touchesRange(place.offset);
    place.offset = touched ? null : changes.mapPos(place.offset);
  }
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
  const at = position(anchor);
  return { anchor: at, head: head === anchor ? at : position(head) };
}

/** Publish this editor's cursor, in the form that standard Yjs editors use. */
function publish(update: ViewUpdate, code: Y.Text, awareness: Awareness): void {
  const local = awareness.getLocalState();
  const mayHaveMoved = update.docChanged || update.selectionSet || update.focusChanged;
  if (local === null || !mayHaveMoved || !update.view.hasFocus) {
    return;
  }
  const { anchor, head } = update.state.selection.main;
  const cursor = cursorAt(code, toText(update.view, anchor), toText(update.view, head));
  if (JSON.stringify(local.cursor) !== JSON.stringify(cursor)) {
    awareness.setLocalStateField('cursor', cursor);
  }
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
