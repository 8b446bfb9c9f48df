import { api } from 'lwc';
import startLoad from '@salesforce/apex/InitialLoadController.startLoad';
import pauseLoad from '@salesforce/apex/InitialLoadController.pauseLoad';
import resumeLoad from '@salesforce/apex/InitialLoadController.resumeLoad';
import cancelLoad from '@salesforce/apex/InitialLoadController.cancelLoad';
import readProgress from '@salesforce/apex/InitialLoadController.progress';
import BusyElement from 'c/busyElement';
import { fillIn } from 'c/labelText';
import { labels } from './labels';

const REFRESH_MILLISECONDS = 2000;
const RUNNING = new Set(['Queued', 'Running']);

/**
 * The initial load of one transfer: how far it is, and what can be done about it.
 *
 * @fires InitialLoad#close when somebody has seen enough; the load goes on by itself
 */
export default class InitialLoad extends BusyElement {
  labels = labels;
  /** The transfer. */
  @api transferId;
  /** Its name, for the heading. */
  @api transferName;

  progress = null;
  timer = null;

  async connectedCallback() {
    await this.refresh();
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- a progress bar looks again by itself; it stops when it is left
    this.timer = setInterval(() => this.refreshWhileRunning(), REFRESH_MILLISECONDS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  get status() {
    return this.progress?.status ?? null;
  }

  get message() {
    return this.progress?.message;
  }

  get isRunning() {
    return RUNNING.has(this.status);
  }

  get isPaused() {
    return this.status === 'Paused';
  }

  get canStart() {
    return this.progress !== null && !this.isRunning && !this.isPaused;
  }

  get canCancel() {
    return this.isRunning || this.isPaused;
  }

  get hasProgress() {
    return this.status !== null && this.progress.total !== null && this.progress.total !== undefined;
  }

  get percent() {
    const { processed, total } = this.progress;
    return total > 0 ? Math.min(100, Math.floor((100 * processed) / total)) : 100;
  }

  get text() {
    const { processed, total } = this.progress;
    return fillIn(labels.progress, (processed ?? 0).toLocaleString(), total.toLocaleString());
  }

  handleStart() {
    return this.change(startLoad);
  }

  handlePause() {
    return this.change(pauseLoad);
  }

  handleResume() {
    return this.change(resumeLoad);
  }

  handleCancel() {
    return this.change(cancelLoad);
  }

  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }

  change(call) {
    return this.work(null, async () => {
      await call({ transferId: this.transferId });
      this.progress = await readProgress({ transferId: this.transferId });
    });
  }

  async refresh() {
    try {
      this.progress = (await readProgress({ transferId: this.transferId })) ?? { status: null };
    } catch (error) {
      this.error = error;
    }
  }

  refreshWhileRunning() {
    return this.isRunning && !this.error ? this.refresh() : undefined;
  }
}
