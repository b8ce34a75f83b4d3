/** The JupyterLab widget that shows the recording of a session. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type { JSX } from 'react';

import type { Shell } from '../connection/rest';
import { openFilm } from '../playback/open-film';
import type { OpenedFilm } from '../playback/open-film';
import { createRunners } from '../run';
import { Playback } from '../ui/playback/Playback';
import type { PlaybackProps } from '../ui/playback/Playback';
import { runtime, runtimeUrl } from './server';

interface RecordingWidgetOptions {
  shell: Shell;
  sessionId: string;
  timeLimit: () => number;
  fork: PlaybackProps['fork'];
}

/** Owns the runners that run the program of a moment, and disposes them. */
export class RecordingWidget extends ReactWidget {
  readonly sessionId: string;
  private readonly options: RecordingWidgetOptions;
  private readonly runners = createRunners(runtime());

  constructor(options: RecordingWidgetOptions) {
    super();
    this.addClass('arena-lab-room');
    this.options = options;
    this.sessionId = options.sessionId;
    this.title.label = 'Recording';
  }

  protected render(): JSX.Element {
    const { timeLimit, fork } = this.options;
    return <Playback open={this.open} runners={this.runners} timeLimit={timeLimit} fork={fork} />;
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.querySelector<HTMLElement>('[role=slider]')?.focus();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    this.runners.dispose();
  }

  private readonly open = (abort: AbortSignal): Promise<OpenedFilm> =>
    openFilm(this.options, runtimeUrl(), abort);
}
