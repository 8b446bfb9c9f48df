import DiInitialLoad from 'c/diInitialLoad';
import startLoad from '@salesforce/apex/DI_InitialLoadController.startLoad';
import pauseLoad from '@salesforce/apex/DI_InitialLoadController.pauseLoad';
import resumeLoad from '@salesforce/apex/DI_InitialLoadController.resumeLoad';
import cancelLoad from '@salesforce/apex/DI_InitialLoadController.cancelLoad';
import readProgress from '@salesforce/apex/DI_InitialLoadController.progress';
import {
  apexError,
  button,
  expectAccessible,
  find,
  heard,
  leave,
  press,
  settled,
  show,
} from 'test/lwc/screen';

const RUNNING = {
  kind: 'Initial',
  status: 'Running',
  total: 1000,
  queued: 600,
  sent: 250,
  waiting: 350,
  failed: 0,
  percent: 25,
};
const DONE = {
  ...RUNNING,
  status: 'Completed',
  queued: 1000,
  sent: 998,
  waiting: 0,
  failed: 2,
  percent: 100,
  finished: '2026-11-21T10:00:00.000Z',
};
const figure = (element, name) => find(element, `[data-figure=${name}]`)?.textContent;

function open(progress) {
  readProgress.mockResolvedValue(progress);
  return show('c-di-initial-load', DiInitialLoad, { transferId: 'b01', transferName: 'Contacts' });
}

describe('c-di-initial-load', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] }));
  afterEach(() => {
    leave();
    jest.useRealTimers();
  });

  it('starts where nothing was loaded yet', async () => {
    const element = await open(null);
    expect(find(element, 'lightning-progress-bar')).toBeNull();
    startLoad.mockResolvedValue(RUNNING);
    await press(element, 'c.Load_Start');
    expect(startLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    expect(find(element, 'lightning-progress-bar').value).toBe(25);
    expect(figure(element, 'sent')).toBe('c.Load_Progress');
    expect(figure(element, 'waiting')).toBe('c.Load_Waiting');
    expect(figure(element, 'failed')).toBeUndefined();
  });

  it.each([
    ['Running', ['c.Load_Pause', 'c.Load_Cancel'], ['c.Load_Start', 'c.Load_Resume']],
    ['Paused', ['c.Load_Resume', 'c.Load_Cancel'], ['c.Load_Start', 'c.Load_Pause']],
    ['Completed', ['c.Load_Again'], ['c.Load_Pause', 'c.Load_Resume', 'c.Load_Cancel']],
    ['Cancelled', ['c.Load_Again'], ['c.Load_Pause', 'c.Load_Resume', 'c.Load_Cancel']],
    ['Failed', ['c.Load_Again', 'c.Load_Resume'], ['c.Load_Pause', 'c.Load_Cancel']],
  ])('offers what can be done while %s', async (status, offered, hidden) => {
    const element = await open({ ...RUNNING, status });
    for (const label of offered) expect(button(element, label)).toBeTruthy();
    for (const label of hidden) expect(button(element, label)).toBeUndefined();
  });

  it('starts one load, however often its button is pressed', async () => {
    const element = await open(null);
    startLoad.mockResolvedValue(RUNNING);
    button(element, 'c.Load_Start').click();
    button(element, 'c.Load_Start').click();
    await settled();
    expect(startLoad).toHaveBeenCalledTimes(1);
    expect(button(element, 'c.Load_Start')).toBeUndefined();
  });

  it('says that a reconciliation is under way, and starts nothing beside it', async () => {
    const element = await open({ ...RUNNING, kind: 'Reconciliation' });
    expect(find(element, '[data-reconciling]').textContent).toBe('c.Load_Reconciling');
    expect(button(element, 'c.Load_Start')).toBeUndefined();
  });

  it.each([
    ['Completed', 'c.Load_Reconciled'],
    ['Cancelled', 'c.Load_Reconcile_Cancelled'],
    ['Failed', 'c.Load_Reconcile_Stopped'],
  ])('tells of a reconciliation that is %s, and not of a load that never was', async (status, text) => {
    const element = await open({ ...DONE, kind: 'Reconciliation', status, message: 'No room.' });
    expect(find(element, '[data-reconciled]').textContent).toBe(`${text}No room.`);
    expect(find(element, '[data-load]')).toBeNull();
    expect(find(element, 'lightning-progress-bar')).toBeNull();
    expect(button(element, 'c.Load_Start')).toBeTruthy();
    expect(Boolean(button(element, 'c.Load_Resume'))).toBe(status === 'Failed');
  });

  it('shows the initial load beside the reconciliation that came after it', async () => {
    jest.useRealTimers();
    const initial = { ...RUNNING, status: 'Failed', message: 'No room.' };
    const element = await open({ ...DONE, kind: 'Reconciliation', initial });
    expect(find(element, '[data-reconciled]').textContent).toBe('c.Load_Reconciled');
    expect(find(element, '[role=status]').textContent).toBe('c.Load_Failed');
    expect(find(element, '[data-message]').textContent).toBe('No room.');
    expect(button(element, 'c.Load_Resume')).toBeTruthy();
    await expectAccessible(element);
  });

  it('sees a reconciliation end', async () => {
    const element = await open({ ...RUNNING, kind: 'Reconciliation' });
    readProgress.mockResolvedValue({ ...DONE, kind: 'Reconciliation' });
    jest.advanceTimersByTime(2000);
    await settled();
    expect(find(element, '[data-reconciling]')).toBeNull();
    expect(find(element, '[data-reconciled]')).not.toBeNull();
    expect(button(element, 'c.Load_Start')).toBeTruthy();
  });

  it('says that its rows wait for DI', async () => {
    const hold = { transferName: 'Contacts', reason: 'transfer-paused', message: 'Paused.' };
    const element = await open({ ...RUNNING, hold });
    expect(find(element, '[data-message]').textContent).toBe('c.Hold_Transfer_Paused');
  });

  it('says how many records have no key, where there are some', async () => {
    expect(figure(await open({ ...DONE, withoutKey: 120 }), 'without-key')).toBe('c.Load_Without_Key');
    expect(figure(await open({ ...DONE, withoutKey: 0 }), 'without-key')).toBeUndefined();
  });

  it('counts before it has a figure', async () => {
    const element = await open({ ...RUNNING, total: null, queued: 0, percent: 0 });
    expect(find(element, '[role=status]').textContent).toBe('c.Load_Counting');
    expect(find(element, 'lightning-progress-bar')).toBeNull();
  });

  it('goes on without a figure where there are too many records to be counted', async () => {
    const element = await open({ ...RUNNING, total: null, percent: 0 });
    expect(find(element, '[role=status]').textContent).toBe('c.Load_Running');
    expect(find(element, 'lightning-progress-bar')).toBeNull();
  });

  it('pauses, resumes and cancels', async () => {
    const element = await open(RUNNING);
    pauseLoad.mockResolvedValue({ ...RUNNING, status: 'Paused' });
    await press(element, 'c.Load_Pause');
    expect(pauseLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    resumeLoad.mockResolvedValue(RUNNING);
    await press(element, 'c.Load_Resume');
    expect(resumeLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    cancelLoad.mockResolvedValue({ ...RUNNING, status: 'Cancelled', message: 'Cancelled by Ann.' });
    await press(element, 'c.Load_Cancel');
    expect(cancelLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    expect(find(element, '[data-message]').textContent).toBe('Cancelled by Ann.');
  });

  it('looks again while it runs, and no more when it has ended', async () => {
    const element = await open(RUNNING);
    readProgress.mockResolvedValue(DONE);
    jest.advanceTimersByTime(2000);
    await settled();
    expect(find(element, 'lightning-progress-bar').value).toBe(100);
    expect(find(element, '[role=status]').textContent).toBe('c.Load_Done');
    expect(figure(element, 'failed')).toBe('c.Load_Set_Aside');
    jest.advanceTimersByTime(10_000);
    expect(readProgress).toHaveBeenCalledTimes(2);
  });

  it('is whole where there is nothing to load', async () => {
    const element = await open({ ...DONE, total: 0, queued: 0, sent: 0, failed: 0 });
    expect(find(element, 'lightning-progress-bar').value).toBe(100);
  });

  it('says what was refused', async () => {
    readProgress.mockRejectedValueOnce(apexError('You may not.'));
    const element = await show('c-di-initial-load', DiInitialLoad, { transferId: 'b01' });
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('You may not.'));
    const other = await open(null);
    startLoad.mockRejectedValueOnce(apexError('Activate it first.'));
    await press(other, 'c.Load_Start');
    expect(find(other, 'c-di-error-panel').errors).toEqual(apexError('Activate it first.'));
  });

  it('is closed', async () => {
    const element = await open(RUNNING);
    const closed = heard(element, 'close');
    await press(element, 'c.Action_Close');
    expect(closed).toHaveLength(1);
  });

  it('is accessible', async () => {
    jest.useRealTimers();
    await expectAccessible(await open(RUNNING));
  });
});
