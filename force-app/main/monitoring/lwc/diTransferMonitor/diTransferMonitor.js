import { LightningElement } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import listProjects from '@salesforce/apex/DI_DestinationProjectController.listProjects';
import readStatus from '@salesforce/apex/DI_MonitorController.status';
import readFailures from '@salesforce/apex/DI_MonitorController.failures';
import readLimits from '@salesforce/apex/DI_MonitorController.limitsSpent';
import scheduleAgain from '@salesforce/apex/DI_SweepController.scheduleAgain';
import retryAll from '@salesforce/apex/DI_MonitorController.retryAll';
import { fillIn, momentOf } from 'c/diLabelText';
import { holdText } from 'c/diHoldText';
import { verdictOf } from './verdict';
import { labels } from './labels';

/** Often enough to see something arrive, seldom enough to cost nothing. */
const REFRESH_MILLISECONDS = 10_000;
const LIMITS = {
  DailyAsyncApexExecutions: labels.limitAsync,
  HourlyPublishedPlatformEvents: labels.limitEvents,
  DataStorageMB: labels.limitStorage,
};

/** Whether a project is in step, what waits, what failed and why, and what of the org's limits is spent. */
export default class DiTransferMonitor extends LightningElement {
  labels = labels;
  /** @type {Apex.DI_DestinationProjectController.Project[] | null} */
  projects = null;
  projectId = null;
  /** @type {Apex.DI_MonitorController.Status | null} */
  status = null;
  /** @type {Apex.DI_FailureGroups.FailureGroup[]} */
  failures = [];
  /** @type {Apex.DI_MonitorController.LimitUse[]} */
  limits = [];
  error = null;
  errorTitle = null;
  isLoading = true;
  timer = null;

  async connectedCallback() {
    await this.load();
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- a monitor looks again by itself; it stops when it is left
    this.timer = setInterval(() => this.refreshQuietly(), REFRESH_MILLISECONDS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  get projectOptions() {
    return (this.projects ?? []).map(({ id, name }) => ({ value: id, label: name }));
  }

  get isEmpty() {
    return this.projects?.length === 0;
  }

  get hasStatus() {
    return this.status !== null;
  }

  get verdict() {
    return verdictOf(this.status, labels);
  }

  get verdictClass() {
    return `slds-box slds-media slds-media_center slds-m-bottom_medium ${this.verdict.theme}`;
  }

  get failedRecords() {
    return this.status.deadRecords + this.status.refusedRecords;
  }

  get lastLabel() {
    return this.status.lastSuccess ? labels.lastSuccess : labels.lastRun;
  }

  get oldest() {
    return momentOf(this.status.oldestPending);
  }

  get last() {
    return momentOf(this.status.lastSuccess ?? this.status.lastRun);
  }

  /** Transfers that wait for DI, whatever else is worse. */
  get holds() {
    return this.status.held.map((held) => ({ id: held.transferId, text: holdText(held) }));
  }

  get hasHolds() {
    return this.status.held.length > 0 && this.verdict.name !== 'held';
  }

  /** Whatever is worse: nothing else on the screen says that the job does not run, or mends it. */
  get isSweepMissing() {
    return !this.status.isSweepScheduled;
  }

  /** What cannot be known from here; what is certain is the verdict. */
  get doubts() {
    return this.status.doubts
      .filter(({ isCertain }) => !isCertain)
      .map(({ transferName, objectName }) => ({
        key: transferName,
        text: `${transferName}: ${fillIn(labels.captureUnknown, objectName)}`,
      }));
  }

  get canRetry() {
    const { mayChange, deadRows, retryingRecords, held } = this.status;
    return mayChange && (deadRows > 0 || retryingRecords > 0 || held.length > 0);
  }

  get limitRows() {
    return this.limits.map(({ name, used, maximum }) => ({
      name,
      label: LIMITS[name] ?? name,
      percent: maximum > 0 ? Math.min(100, Math.round((100 * used) / maximum)) : 0,
      text: fillIn(labels.limitUse, used.toLocaleString(), maximum.toLocaleString()),
    }));
  }

  async load() {
    this.isLoading = true;
    await this.attempt(labels.notLoaded, async () => {
      this.projects = await listProjects();
      const isKnown = this.projects.some(({ id }) => id === this.projectId);
      if (!isKnown) this.projectId = this.projects[0]?.id ?? null;
      await this.refresh();
    });
    this.isLoading = false;
  }

  async refresh() {
    if (!this.projectId) return;
    const { projectId } = this;
    const [status, failures, limits] = await Promise.all([
      readStatus({ projectId }),
      readFailures({ projectId }),
      readLimits(),
    ]);
    // Another project may have been chosen while these were read.
    if (projectId !== this.projectId) return;
    this.status = status;
    this.failures = failures;
    this.limits = limits;
  }

  /** A look that fails by itself says nothing as long as an older one stands; the next may work. Nobody sees a hidden tab. */
  async refreshQuietly() {
    if (this.error || this.isLoading || document.hidden) return;
    try {
      await this.refresh();
    } catch (error) {
      this.error = error;
      this.errorTitle = labels.notLoaded;
    }
  }

  async handleProject(event) {
    this.projectId = event.detail.value;
    this.status = null;
    this.failures = [];
    await this.handleRefresh();
  }

  async handleRefresh() {
    this.isLoading = true;
    await this.attempt(labels.notLoaded, () => this.refresh());
    this.isLoading = false;
  }

  async handleRetryAll() {
    await this.attempt(labels.notSaved, async () => {
      const records = await retryAll({ projectId: this.projectId });
      this.dispatchEvent(
        new ShowToastEvent({
          title: records > 0 ? fillIn(labels.retried, records) : labels.asked,
          variant: 'success',
        }),
      );
      await this.refresh();
    });
  }

  async handleSchedule() {
    await this.attempt(labels.notSaved, async () => {
      await scheduleAgain();
      this.dispatchEvent(new ShowToastEvent({ title: labels.scheduled, variant: 'success' }));
      await this.refresh();
    });
  }

  async attempt(errorTitle, call) {
    this.error = null;
    this.errorTitle = errorTitle;
    try {
      await call();
    } catch (error) {
      this.error = error;
    }
  }
}
