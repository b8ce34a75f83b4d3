/**
 * Draft recovery: makes the drafts of closed pages usable in this page. Runs without a page to
 * continue them get an end, and text that can no longer be merged becomes readable.
 */
import { uuidv4 } from 'lib0/random';
import * as Y from 'yjs';
import type { Draft } from '../storage/rows';
import type { OwnEvent } from '../session/own-event';

/** The events among `drafts`, oldest first, with a result for each run that has none. */
export function recoverEvents(drafts: readonly Draft[]): OwnEvent[] {
  const events = drafts
    .flatMap(draft => (draft.kind === 'event' ? [draft.own] : []))
    .sort((one, other) => one.at - other.at);
  const running = new Map<string, number>();
  for (const { event, at } of events) {
    const runId = 'runId' in event.payload ? event.payload.runId : undefined;
    if (runId === undefined) continue;
    if (event.type === 'execution-result') running.delete(runId);
    else running.set(runId, at);
  }
  return [...events, ...[...running].map(([runId, at]) => lostRun(runId, at))];
}

function lostRun(runId: string, at: number): OwnEvent {
  const error = 'The page was closed during this run.';
  const payload = { runId, error, status: 'stopped' } as const;
  return { event: { type: 'execution-result', payload, id: uuidv4() }, at };
}

/**
 * The text of `root` in `doc`. Where edits depend on text that never arrived, Yjs cannot show them:
 * then their text follows, in the order in which it was typed.
 */
export function readableText(doc: Y.Doc, root: string): string {
  const text = doc.getText(root).toJSON();
  const pending = doc.store.pendingStructs;
  if (!pending) return text;
  const { structs } = Y.decodeUpdateV2(pending.update);
  const typed = structs.map(struct =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentString ? struct.content.str : ''
  );
  return [text, typed.join('')].filter(part => part !== '').join('\n');
}
