/** The markup worker: renders one text after the other. The page ends it at a deadline. */
import { answer } from './answer';
import type { MarkupAnswer, MarkupRequest } from './messages';

/** The globals of a worker: the DOM's types describe a page. */
const port = globalThis as unknown as {
  onmessage: ((event: MessageEvent<MarkupRequest>) => void) | null;
  postMessage: (answer: MarkupAnswer) => void;
};

port.onmessage = ({ data }) => port.postMessage(answer(data));
port.postMessage({ kind: 'ready' });
