import DiTransferMonitor from 'c/diTransferMonitor';
import listProjects from '@salesforce/apex/DI_DestinationProjectController.listProjects';
import readStatus from '@salesforce/apex/DI_MonitorController.status';
import readFailures from '@salesforce/apex/DI_MonitorController.failures';
import readLimits from '@salesforce/apex/DI_MonitorController.limitsSpent';
import scheduleAgain from '@salesforce/apex/DI_SweepController.scheduleAgain';
import retryAll from '@salesforce/apex/DI_MonitorController.retryAll';
import {
  apexError,
  button,
  change,
  expectAccessible,
  find,
  findAll,
  leave,
  named,
  press,
  settled,
  show,
  toasts,
} from 'test/lwc/screen';

const PROJECTS = [
  { id: 'a01', name: 'News' },
  { id: 'a02', name: 'Shop' },
];
const IN_STEP = {
  pendingRows: 0,
  pendingRecords: 0,
  retryingRecords: 0,
  deadRows: 0,
  deadRecords: 0,
  refusedRecords: 0,
  isLogFull: false,
  activeTransfers: 1,
  transfersWithGaps: 0,
  held: [],
  doubts: [],
  isSweepScheduled: true,
  projectStatus: 'Authorized',
  mayChange: true,
};
const HELD = { transferId: 'b01', transferName: 'Contacts', reason: 'transfer-paused', message: 'Paused.' };
const UNREPORTED = { transferName: 'Regions', objectName: 'Region__c', isCertain: true };
const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

function open(status = {}, { projects = PROJECTS, failures = [], limits = [] } = {}) {
  listProjects.mockResolvedValue(projects);
  readStatus.mockResolvedValue({ ...IN_STEP, ...status });
  readFailures.mockResolvedValue(failures);
  readLimits.mockResolvedValue(limits);
  return show('c-di-transfer-monitor', DiTransferMonitor);
}
const verdict = (element) => find(element, '[data-verdict]').dataset.verdict;

describe('c-di-transfer-monitor', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] }));
  afterEach(() => {
    leave();
    jest.useRealTimers();
  });

  it.each([
    ['in-step', {}],
    ['sending', { pendingRecords: 3, oldestPending: minutesAgo(1) }],
    ['behind', { pendingRecords: 3, oldestPending: minutesAgo(20) }],
    ['behind', { pendingRecords: 3, retryingRecords: 3, oldestPending: minutesAgo(1) }],
    ['held', { held: [HELD], pendingRecords: 3, oldestPending: minutesAgo(600) }],
    ['not-swept', { isSweepScheduled: false, transfersWithGaps: 1, held: [HELD] }],
    ['not-captured', { doubts: [UNREPORTED], isSweepScheduled: false }],
    ['in-step', { doubts: [{ ...UNREPORTED, isCertain: false }] }],
    ['failing', { doubts: [UNREPORTED], deadRows: 1, deadRecords: 2 }],
    ['failing', { deadRows: 1, deadRecords: 2, pendingRecords: 1, held: [HELD] }],
    ['failing', { refusedRecords: 1 }],
    ['stopped', { projectStatus: 'Suspended', projectMessage: 'Revoked.', deadRecords: 2 }],
  ])('says %s', async (expected, status) => {
    expect(verdict(await open(status))).toBe(expected);
  });

  it('says that changes are missing until they are reconciled', async () => {
    const element = await open({ transfersWithGaps: 2 });
    expect(verdict(element)).toBe('gap');
  });

  it('shows what waits, since when, and what was last', async () => {
    const element = await open({
      pendingRecords: 7,
      oldestPending: minutesAgo(2),
      lastSuccess: minutesAgo(5),
    });
    expect(find(element, '[data-figure="waiting"] lightning-formatted-number').value).toBe(7);
    expect(findAll(element, 'lightning-relative-date-time')).toHaveLength(2);
    expect(element.shadowRoot.textContent).toContain('c.Monitor_Last_Success');
  });

  it('says that more waits than was added up', async () => {
    const waiting = (element) => find(element, '[data-figure="waiting"]').textContent;
    expect(waiting(await open({ pendingRecords: 7, isEstimate: true }))).toContain('≈');
    expect(waiting(await open({ pendingRecords: 7 }))).not.toContain('≈');
  });

  it('says that there may be more than the log holds', async () => {
    const failed = (element) => find(element, '[data-figure="failed"]').textContent;
    expect(failed(await open({ refusedRecords: 10_000, isLogFull: true }))).toContain('≥');
    expect(failed(await open({ refusedRecords: 9 }))).not.toContain('≥');
  });

  it('says the last run where no success was noted, and never where there was none', async () => {
    const element = await open();
    expect(element.shadowRoot.textContent).toContain('c.Monitor_Last_Run');
    expect(element.shadowRoot.textContent).toContain('c.Never');
  });

  it('shows the limits spent in parts of a hundred', async () => {
    const element = await open(
      {},
      {
        limits: [
          { name: 'DataStorageMB', used: 1, maximum: 4 },
          { name: 'Other', used: 1, maximum: 0 },
        ],
      },
    );
    expect(findAll(element, 'lightning-progress-bar').map(({ value }) => value)).toEqual([25, 0]);
    expect(element.shadowRoot.textContent).toContain('c.Limit_Storage');
  });

  it('hands the failures on, and reads anew when something was done about them', async () => {
    const failures = [{ kind: 'batch', reason: 'Not mapped.' }];
    const element = await open({ deadRecords: 1 }, { failures });
    const list = find(element, 'c-di-failure-list');
    expect(list.failures).toEqual(failures);
    expect(list.canChange).toBe(true);
    list.dispatchEvent(new CustomEvent('change'));
    await settled();
    expect(readStatus).toHaveBeenCalledTimes(2);
  });

  it('sends everything now', async () => {
    const element = await open({ deadRows: 1, deadRecords: 2 });
    const said = toasts(element);
    retryAll.mockResolvedValue(2);
    await press(element, 'c.Monitor_Retry_All');
    expect(retryAll).toHaveBeenCalledWith({ projectId: 'a01' });
    expect(said[0].title).toBe('c.Monitor_Retried');
  });

  it('has DI asked again for what waits for it', async () => {
    const element = await open({ held: [HELD], pendingRecords: 3 });
    const said = toasts(element);
    retryAll.mockResolvedValue(0);
    await press(element, 'c.Monitor_Retry_All');
    expect(said[0].title).toBe('c.Monitor_Asked');
  });

  it('names what waits for DI beside what failed', async () => {
    const element = await open({ deadRows: 1, deadRecords: 2, held: [HELD] });
    expect(find(element, '[data-held]').textContent).toContain('c.Hold_Transfer_Paused');
  });

  it('has the job scheduled again', async () => {
    const element = await open({ isSweepScheduled: false, deadRecords: 1, deadRows: 1 });
    expect(find(element, '[data-sweep]').title).toBe('c.Monitor_Not_Swept');
    const said = toasts(element);
    readStatus.mockResolvedValue(IN_STEP);
    await press(element, 'c.Monitor_Schedule_Again');
    expect(scheduleAgain).toHaveBeenCalledTimes(1);
    expect(said[0].title).toBe('c.Monitor_Scheduled');
    expect(find(element, '[data-sweep]')).toBeNull();
  });

  it('says why the job could not be scheduled', async () => {
    const element = await open({ isSweepScheduled: false });
    scheduleAgain.mockRejectedValueOnce(apexError('No room.'));
    await press(element, 'c.Monitor_Schedule_Again');
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('No room.'));
    expect(find(element, '[data-sweep]')).not.toBeNull();
  });

  it('leaves the job to those who may schedule it', async () => {
    const element = await open({ isSweepScheduled: false, mayChange: false });
    expect(find(element, '[data-sweep]')).not.toBeNull();
    expect(button(element, 'c.Monitor_Schedule_Again')).toBeUndefined();
  });

  it('names what may report the changes of a transfer, or not', async () => {
    const element = await open({ doubts: [{ ...UNREPORTED, isCertain: false }] });
    expect(find(element, '[data-doubt]').title).toBe('Regions: c.Transfer_Capture_Unknown');
    expect(find(await open({ doubts: [UNREPORTED] }), '[data-doubt]')).toBeNull();
  });

  it('offers no retry to who may only look', async () => {
    const element = await open({ deadRows: 1, deadRecords: 2, mayChange: false });
    expect(button(element, 'c.Monitor_Retry_All')).toBeUndefined();
  });

  it('shows another project', async () => {
    const element = await open();
    await change(named(element, 'project'), { value: 'a02' });
    expect(readStatus).toHaveBeenLastCalledWith({ projectId: 'a02' });
  });

  it('looks again by itself, and no more when it is left', async () => {
    const element = await open();
    jest.advanceTimersByTime(10_000);
    await settled();
    expect(readStatus).toHaveBeenCalledTimes(2);
    element.remove();
    jest.advanceTimersByTime(60_000);
    expect(readStatus).toHaveBeenCalledTimes(2);
  });

  it('does not look while its tab is hidden', async () => {
    await open();
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    jest.advanceTimersByTime(60_000);
    await settled();
    expect(readStatus).toHaveBeenCalledTimes(1);
    hidden.mockReturnValue(false);
    jest.advanceTimersByTime(10_000);
    await settled();
    expect(readStatus).toHaveBeenCalledTimes(2);
    hidden.mockRestore();
  });

  it('says that it could not look again', async () => {
    const element = await open();
    readStatus.mockRejectedValueOnce(apexError('Gone.'));
    jest.advanceTimersByTime(10_000);
    await settled();
    expect(find(element, 'c-di-error-panel').title).toBe('c.Not_Loaded');
    expect(verdict(element)).toBe('in-step');
  });

  it('has nothing to watch without a project', async () => {
    const element = await open({}, { projects: [] });
    expect(find(element, 'c-di-empty-state').title).toBe('c.Monitor_Empty');
    expect(readStatus).not.toHaveBeenCalled();
  });

  it('says why it could not be loaded, and tries again', async () => {
    listProjects.mockRejectedValueOnce(apexError('You may not.'));
    const element = await show('c-di-transfer-monitor', DiTransferMonitor);
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('You may not.'));
    listProjects.mockResolvedValue(PROJECTS);
    readStatus.mockResolvedValue(IN_STEP);
    readFailures.mockResolvedValue([]);
    readLimits.mockResolvedValue([]);
    await press(element, 'c.Action_Try_Again');
    expect(verdict(element)).toBe('in-step');
  });

  it('is accessible, in step and failing', async () => {
    jest.useRealTimers();
    await expectAccessible(await open({}, { limits: [{ name: 'DataStorageMB', used: 1, maximum: 4 }] }));
    await expectAccessible(await open({ deadRows: 1, deadRecords: 2 }));
    await expectAccessible(
      await open({ isSweepScheduled: false, doubts: [{ ...UNREPORTED, isCertain: false }] }),
    );
  });
});
