import { api } from 'lwc';
import startLoad from '@salesforce/apex/DI_InitialLoadController.startLoad';
import pauseLoad from '@salesforce/apex/DI_InitialLoadController.pauseLoad';
import resumeLoad from '@salesforce/apex/DI_InitialLoadController.resumeLoad';
import cancelLoad from '@salesforce/apex/DI_InitialLoadController.cancelLoad';
import readProgress from '@salesforce/apex/DI_InitialLoadController.progress';
import DiBusyElement from 'c/diBusyElement';
import { holdText } from 'c/diHoldText';
import { fillIn, momentOf } from 'c/diLabelText';
import { labels } from './labels';

const REFRESH_MILLISECONDS = 2000;
const RECONCILIATION = 'Reconciliation';

const STATES = {
  Running: labels.running,
  Paused: labels.paused,
  Cancelled: labels.cancelled,
  Failed: labels.stopped,
};

const RECONCILED = {
  Completed: labels.reconciled,
  Cancelled: labels.reconcileCancelled,
  Failed: labels.reconcileStopped,
};

/**
 * The initial load of one transfer: how far it is, and what can be done about it; and how its last reconciliation ended.
 *
 * @fires DiInitialLoad#close when somebody has seen enough; the load goes on by itself
 */
export default class DiInitialLoad extends DiBusyElement {
  labels = labels;
  /** The transfer. */
  @api transferId;
  /** Its name, for the heading. */
  @api transferName;

  /**
   * The newest run, as Apex last told; null where there never was one.
   *
   * @type {Apex.DI_LoadProgress | null}
   */
  run = null;
  isLoaded = false;
  timer = null;

  async connectedCallback() {
    await this.refresh();
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- a progress bar looks again by itself; it stops when it is left
    this.timer = setInterval(() => this.refreshWhileRunning(), REFRESH_MILLISECONDS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** What the figures are of: a reconciliation that is open, else the initial load; null where there never was one. */
  get progress() {
    return this.hasReconciled ? (this.run.initial ?? null) : this.run;
  }

  get status() {
    return this.progress?.status ?? null;
  }

  get message() {
    const { hold, message } = this.progress;
    return this.isOpen && hold ? holdText(hold) : message;
  }

  get isRunning() {
    return this.status === 'Running';
  }

  get isPaused() {
    return this.status === 'Paused';
  }

  get isReconciling() {
    return this.progress?.kind === RECONCILIATION;
  }

  /** The newest run is a reconciliation that has ended, whose end is not that of the initial load. */
  get hasReconciled() {
    return this.run?.kind === RECONCILIATION && this.run.status in RECONCILED;
  }

  /** How the last reconciliation ended. */
  get reconciled() {
    const { status, finished, sent } = this.run;
    return fillIn(
      RECONCILED[status],
      finished ? new Date(momentOf(finished)).toLocaleString() : '',
      sent.toLocaleString(),
    );
  }

  get reconciledMessage() {
    return this.run.message;
  }

  get isOpen() {
    return this.isRunning || this.isPaused;
  }

  get canStart() {
    return this.isLoaded && !this.isOpen;
  }

  get canResume() {
    return this.isPaused || this.status === 'Failed' || (this.hasReconciled && this.run.status === 'Failed');
  }

  get startLabel() {
    return this.progress ? labels.again : labels.start;
  }

  get startVariant() {
    return this.progress ? 'neutral' : 'brand';
  }

  /** A load of no records is done before anything could be counted. */
  get isCounted() {
    return Number.isInteger(this.progress?.total);
  }

  get percent() {
    return this.progress.percent;
  }

  /** Where it stands: what is to be known first. */
  get state() {
    if (this.status === 'Completed')
      return fillIn(labels.done, new Date(momentOf(this.progress.finished)).toLocaleString());
    if (this.isRunning && !this.isCounted && !this.progress.queued) return labels.counting;
    return STATES[this.status];
  }

  /** How many records went where. */
  get figures() {
    const { sent, total, waiting, failed, withoutKey } = this.progress;
    return [
      { name: 'sent', text: fillIn(labels.progress, sent.toLocaleString(), total.toLocaleString()) },
      { name: 'waiting', text: waiting > 0 && fillIn(labels.waiting, waiting.toLocaleString()) },
      { name: 'failed', text: failed > 0 && fillIn(labels.failed, failed.toLocaleString()) },
      {
        name: 'without-key',
        text: withoutKey > 0 && fillIn(labels.withoutKey, withoutKey.toLocaleString()),
      },
    ].filter(({ text }) => text);
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

  /** One thing at a time: whoever presses twice starts one load. */
  change(call) {
    if (this.isBusy) return undefined;
    return this.work(null, async () => {
      this.run = await call({ transferId: this.transferId });
    });
  }

  async refresh() {
    try {
      this.run = await readProgress({ transferId: this.transferId });
      this.isLoaded = true;
    } catch (error) {
      this.error = error;
    }
  }

  refreshWhileRunning() {
    return this.isRunning && !this.error ? this.refresh() : undefined;
  }
}
