/** The messages of the room after its connection has closed for good. */
import type { CloseReason } from '../../connection/connection';

interface CloseMessages {
  /** The banner over the editor; null for none. */
  banner: string | null;
  /** The heading over text that the server did not store. */
  unsaved: string;
}

const GONE = 'This session is gone. Here is what you typed.';

export const CLOSE_MESSAGES = {
  refused: {
    banner: 'This interview was deleted, or you can no longer take part in it.',
    unsaved: GONE
  },
  removed: {
    banner: 'The interviewer has removed you from this interview.',
    unsaved: 'You were removed from this session. Here is what you typed and it did not get.'
  },
  declined: { banner: 'The interviewer declined.', unsaved: GONE },
  replaced: { banner: 'This interview goes on in another window.', unsaved: GONE },
  ended: {
    banner: 'This interview has ended. Thank you.',
    unsaved: 'This session has ended. Here is what you typed and it did not get.'
  },
  malformed: {
    banner: 'The connection broke. Reload the page to go on.',
    unsaved: 'The server did not take your text. Here is what you typed.'
  },
  full: {
    banner: 'The code has grown past what a session can hold. Delete some of it, then try again.',
    unsaved: GONE
  },
  left: { banner: null, unsaved: GONE }
} as const satisfies Readonly<Record<CloseReason, CloseMessages>>;
