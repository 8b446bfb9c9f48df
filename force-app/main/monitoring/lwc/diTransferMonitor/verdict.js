import { holdText } from 'c/diHoldText';
import { fillIn } from 'c/diLabelText';

/** What waits longer than this is late: the sweep comes by every quarter of an hour. */
const LATE_MINUTES = 15;

/**
 * How a project stands, in one sentence: the worst that is true of it.
 *
 * @param {Apex.DI_MonitorController.Status} status
 * @param {typeof import('./labels').labels} labels of the monitor
 * @param {number} now milliseconds, for tests
 * @returns {{ name: string, title: string, detail: string, icon: string, theme: string }}
 */
export function verdictOf(status, labels, now = Date.now()) {
  const failed = status.deadRecords + status.refusedRecords;
  if (status.projectStatus === 'Suspended')
    return {
      name: 'stopped',
      title: labels.stopped,
      detail: fillIn(labels.stoppedDetail, status.projectMessage),
      icon: 'utility:ban',
      theme: 'slds-theme_error',
    };
  if (failed > 0)
    return {
      name: 'failing',
      title: labels.failing,
      detail: fillIn(labels.failingDetail, failed),
      icon: 'utility:error',
      theme: 'slds-theme_error',
    };
  const uncaptured = status.doubts.filter(({ isCertain }) => isCertain);
  if (uncaptured.length > 0)
    return {
      name: 'not-captured',
      title: labels.notCaptured,
      detail: fillIn(labels.notCapturedDetail, uncaptured.map(({ transferName }) => transferName).join(', ')),
      icon: 'utility:error',
      theme: 'slds-theme_error',
    };
  if (!status.isSweepScheduled)
    return {
      name: 'not-swept',
      title: labels.notSwept,
      detail: labels.notSweptDetail,
      icon: 'utility:warning',
      theme: 'slds-theme_warning',
    };
  if (status.transfersWithGaps > 0)
    return {
      name: 'gap',
      title: labels.gap,
      detail: fillIn(labels.gapDetail, status.transfersWithGaps),
      icon: 'utility:warning',
      theme: 'slds-theme_warning',
    };
  if (status.held.length > 0)
    return {
      name: 'held',
      title: labels.held,
      detail: fillIn(labels.heldDetail, status.held.map(holdText).join(' ')),
      icon: 'utility:pause',
      theme: 'slds-theme_warning',
    };
  const waited = status.oldestPending ? (now - Date.parse(status.oldestPending)) / 60_000 : 0;
  if (waited > LATE_MINUTES || status.retryingRecords > 0)
    return {
      name: 'behind',
      title: labels.behind,
      detail: fillIn(labels.behindDetail, status.pendingRecords, Math.floor(waited)),
      icon: 'utility:warning',
      theme: 'slds-theme_warning',
    };
  if (status.pendingRecords > 0)
    return {
      name: 'sending',
      title: labels.sending,
      detail: fillIn(labels.sendingDetail, status.pendingRecords),
      icon: 'utility:sync',
      theme: 'slds-theme_info',
    };
  return {
    name: 'in-step',
    title: labels.inStep,
    detail: labels.inStepDetail,
    icon: 'utility:success',
    theme: 'slds-theme_success',
  };
}
