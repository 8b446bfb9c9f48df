import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import retryGroup from '@salesforce/apex/DI_MonitorController.retryGroup';
import discardGroup from '@salesforce/apex/DI_MonitorController.discardGroup';
import eachFailure from '@salesforce/apex/DI_MonitorController.eachFailure';
import { fillIn, momentOf } from 'c/diLabelText';
import { csvOf } from './csv';
import { labels } from './labels';

const ICONS = { batch: 'utility:error', waiting: 'utility:clock', record: 'utility:warning' };

/**
 * Failures of a project, those with one reason together, each to be tried again or given up.
 *
 * @fires DiFailureList#change when something was retried or discarded
 */
export default class DiFailureList extends LightningElement {
  labels = labels;
  @api projectId;
  /**
   * Groups, as DI_MonitorController.failures answers.
   *
   * @type {Apex.DI_FailureGroups.FailureGroup[]}
   */
  @api failures = [];
  /** The user may retry and discard. */
  @api canChange = false;

  error = null;
  errorTitle = null;
  /** The file is on its way. */
  isReading = false;
  /** The group whose discarding waits for a second word. */
  doubted = null;
  busy = null;

  get isEmpty() {
    return (this.failures ?? []).length === 0;
  }

  get hasFailures() {
    return !this.isEmpty;
  }

  get rows() {
    return (this.failures ?? []).map((failure) => {
      const key = keyOf(failure);
      const reason = failure.reason || labels.unknownReason;
      return {
        ...failure,
        key,
        reason,
        icon: ICONS[failure.kind],
        variant: failure.kind === 'batch' ? 'error' : 'warning',
        kindLabel: labels[failure.kind],
        count:
          failure.records === 1
            ? fillIn(labels.oneRecord, failure.transferName)
            : fillIn(labels.records, failure.records, failure.transferName),
        fieldText: failure.field ? fillIn(labels.field, failure.field) : '',
        examples: (failure.recordIds ?? []).map((id) => ({ id, url: `/${id}` })),
        hasExamples: failure.recordIds?.length > 0,
        latest: momentOf(failure.latest),
        nextAttempt: momentOf(failure.nextAttempt),
        retryLabel: fillIn(labels.retryOf, reason),
        discardLabel: fillIn(labels.discardOf, reason),
        isDoubted: this.doubted === key,
        isOffered: this.canChange && this.doubted !== key,
        isBusy: this.busy === key,
      };
    });
  }

  /** Each failure is read when a file is wanted: the screen shows only what they have in common. */
  async handleCsv() {
    this.error = null;
    this.errorTitle = labels.notLoaded;
    this.isReading = true;
    try {
      const failures = await eachFailure({ projectId: this.projectId });
      const file = encodeURIComponent(csvOf(failures, labels));
      const download = /** @type {HTMLAnchorElement} */ (this.refs.download);
      download.href = `data:text/csv;charset=utf-8,${file}`;
      download.click();
    } catch (error) {
      this.error = error;
    } finally {
      this.isReading = false;
    }
  }

  async handleRetry(event) {
    await this.change(event, retryGroup, labels.retried);
  }

  handleDiscard(event) {
    this.doubted = event.target.dataset.key;
  }

  handleKeep() {
    this.doubted = null;
  }

  async handleDiscardNow(event) {
    await this.change(event, discardGroup, labels.discarded);
  }

  async change(event, call, message) {
    const { key } = event.target.dataset;
    const failures = this.failures.find((each) => keyOf(each) === key);
    this.error = null;
    this.errorTitle = labels.notSaved;
    this.busy = key;
    try {
      const records = await call({ projectId: this.projectId, failures });
      this.dispatchEvent(new ShowToastEvent({ title: fillIn(message, records), variant: 'success' }));
      this.dispatchEvent(new CustomEvent('change'));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = null;
      this.doubted = null;
    }
  }
}

/** What makes a group one: the same as in Apex. */
function keyOf({ kind, transferId, reason, code, field }) {
  return JSON.stringify([kind, transferId, reason, code, field]);
}
