/**
 * Keeps JupyterLab's dialog about a lost server away while a room is in front: the dialog takes the
 * focus, and a room says the same by itself, and goes on.
 *
 * The dialog is closed before it is shown, and not replaced by an `IConnectionLost` of ours: a
 * JupyterHub provides one, and there can be only one. JupyterLab shows it again at its next attempt.
 */
import { Dialog } from '@jupyterlab/apputils';
import type { ServiceManager } from '@jupyterlab/services';

/** `isRoomInFront` is asked at each failure. */
export function postponeConnectionDialog(
  failures: ServiceManager.IManager['connectionFailure'],
  isRoomInFront: () => boolean
): void {
  // The dialog is made while the failure is signalled, before or after our own slot is called.
  let failing = false;
  let latest: Dialog<unknown> | null = null;
  const close = (): void => {
    const dialog = latest;
    // It is launched right after it was made.
    if (dialog && failing) queueMicrotask(() => dialog.reject());
  };
  const forgetSoon = (): void => {
    queueMicrotask(() => {
      failing = false;
      latest = null;
    });
  };
  Dialog.tracker.widgetAdded.connect((_, dialog) => {
    latest = dialog;
    close();
    forgetSoon();
  });
  failures.connect(() => {
    failing = isRoomInFront();
    close();
    forgetSoon();
  });
}
