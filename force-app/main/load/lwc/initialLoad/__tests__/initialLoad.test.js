import InitialLoad from 'c/initialLoad';
import startLoad from '@salesforce/apex/InitialLoadController.startLoad';
import pauseLoad from '@salesforce/apex/InitialLoadController.pauseLoad';
import resumeLoad from '@salesforce/apex/InitialLoadController.resumeLoad';
import cancelLoad from '@salesforce/apex/InitialLoadController.cancelLoad';
import readProgress from '@salesforce/apex/InitialLoadController.progress';
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

jest.mock('@salesforce/apex/InitialLoadController.startLoad', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InitialLoadController.pauseLoad', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InitialLoadController.resumeLoad', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InitialLoadController.cancelLoad', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/InitialLoadController.progress', () => ({ default: jest.fn() }), {
  virtual: true,
});

const RUNNING = { status: 'Running', processed: 250, total: 1000 };

function open(progress) {
  readProgress.mockResolvedValue(progress);
  return show('c-initial-load', InitialLoad, { transferId: 'b01', transferName: 'Contacts' });
}

describe('c-initial-load', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] }));
  afterEach(() => {
    leave();
    jest.useRealTimers();
  });

  it('starts where nothing was loaded yet', async () => {
    const element = await open(null);
    expect(find(element, 'lightning-progress-bar')).toBeNull();
    startLoad.mockResolvedValue(null);
    readProgress.mockResolvedValue(RUNNING);
    await press(element, 'c.Load_Start');
    expect(startLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    expect(find(element, 'lightning-progress-bar').value).toBe(25);
  });

  it.each([
    ['Running', ['c.Load_Pause', 'c.Load_Cancel'], ['c.Load_Start', 'c.Load_Resume']],
    ['Paused', ['c.Load_Resume', 'c.Load_Cancel'], ['c.Load_Start', 'c.Load_Pause']],
    ['Completed', ['c.Load_Start'], ['c.Load_Pause', 'c.Load_Resume', 'c.Load_Cancel']],
    ['Failed', ['c.Load_Start'], ['c.Load_Pause', 'c.Load_Resume', 'c.Load_Cancel']],
  ])('offers what can be done while %s', async (status, offered, hidden) => {
    const element = await open({ ...RUNNING, status });
    for (const label of offered) expect(button(element, label)).toBeTruthy();
    for (const label of hidden) expect(button(element, label)).toBeUndefined();
  });

  it('pauses, resumes and cancels', async () => {
    const element = await open(RUNNING);
    readProgress.mockResolvedValue({ ...RUNNING, status: 'Paused' });
    await press(element, 'c.Load_Pause');
    expect(pauseLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    readProgress.mockResolvedValue(RUNNING);
    await press(element, 'c.Load_Resume');
    expect(resumeLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    readProgress.mockResolvedValue({ ...RUNNING, status: 'Cancelled', message: 'Cancelled by Ann.' });
    await press(element, 'c.Load_Cancel');
    expect(cancelLoad).toHaveBeenCalledWith({ transferId: 'b01' });
    expect(find(element, '[data-message]').textContent).toBe('Cancelled by Ann.');
  });

  it('looks again while it runs, and no more when it has ended', async () => {
    const element = await open(RUNNING);
    readProgress.mockResolvedValue({ ...RUNNING, status: 'Completed', processed: 1000 });
    jest.advanceTimersByTime(2000);
    await settled();
    expect(find(element, 'lightning-progress-bar').value).toBe(100);
    jest.advanceTimersByTime(10_000);
    expect(readProgress).toHaveBeenCalledTimes(2);
  });

  it('is whole where there is nothing to load', async () => {
    const element = await open({ status: 'Completed', processed: 0, total: 0 });
    expect(find(element, 'lightning-progress-bar').value).toBe(100);
  });

  it('says what was refused', async () => {
    readProgress.mockRejectedValueOnce(apexError('You may not.'));
    const element = await show('c-initial-load', InitialLoad, { transferId: 'b01' });
    expect(find(element, 'c-error-panel').errors).toEqual(apexError('You may not.'));
    const other = await open(null);
    startLoad.mockRejectedValueOnce(apexError('Activate it first.'));
    await press(other, 'c.Load_Start');
    expect(find(other, 'c-error-panel').errors).toEqual(apexError('Activate it first.'));
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
