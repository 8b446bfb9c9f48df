import DiFailureList from 'c/diFailureList';
import retryGroup from '@salesforce/apex/DI_MonitorController.retryGroup';
import discardGroup from '@salesforce/apex/DI_MonitorController.discardGroup';
import {
  apexError,
  button,
  expectAccessible,
  find,
  findAll,
  heard,
  leave,
  press,
  show,
  toasts,
} from 'test/lwc/screen';

const BATCH = {
  kind: 'batch',
  transferId: 'b01',
  transferName: 'Contacts',
  reason: 'Not mapped.',
  records: 4,
  latest: '2026-11-21T10:00:00.000Z',
};
const RECORD = {
  kind: 'record',
  transferId: 'b01',
  transferName: 'Contacts',
  reason: 'email is required.',
  code: 'required',
  field: 'Email',
  records: 1,
  recordIds: ['003000000000001AAA'],
  latest: '2026-11-21T10:00:00.000Z',
};
const WAITING = {
  kind: 'waiting',
  transferId: 'b01',
  transferName: 'Contacts',
  records: 2,
  latest: '2026-11-21T10:00:00.000Z',
  nextAttempt: '2026-11-21T10:05:00.000Z',
};

const open = (failures, canChange = true) =>
  show('c-di-failure-list', DiFailureList, { projectId: 'a01', failures, canChange });

describe('c-di-failure-list', () => {
  afterEach(leave);

  it('says that nothing failed', async () => {
    expect(find(await open([]), '[data-none]').textContent).toBe('c.Failures_None');
  });

  it('names each reason with its kind, its records and its field', async () => {
    const element = await open([BATCH, RECORD, WAITING]);
    expect(findAll(element, 'h4').map(({ textContent }) => textContent)).toEqual([
      'Not mapped.',
      'email is required.',
      'c.Failures_Unknown_Reason',
    ]);
    expect(findAll(element, 'lightning-badge').map(({ label }) => label)).toEqual([
      'c.Failures_Kind_Batch',
      'c.Failures_Kind_Record',
      'c.Failures_Kind_Waiting',
    ]);
    expect(find(element, '[data-kind="record"] a').getAttribute('href')).toBe('/003000000000001AAA');
    expect(find(element, '[data-kind="waiting"]').textContent).toContain('c.Failures_Next_Attempt');
  });

  it('retries a group', async () => {
    const element = await open([BATCH]);
    const [changed, said] = [heard(element, 'change'), toasts(element)];
    retryGroup.mockResolvedValue(4);
    await press(element, 'c.Failures_Retry');
    expect(retryGroup).toHaveBeenCalledWith({ projectId: 'a01', failures: BATCH });
    expect(said[0]).toMatchObject({ title: 'c.Monitor_Retried', variant: 'success' });
    expect(changed).toHaveLength(1);
  });

  it('asks twice before it discards', async () => {
    const element = await open([BATCH]);
    discardGroup.mockResolvedValue(4);
    await press(element, 'c.Failures_Discard');
    expect(discardGroup).not.toHaveBeenCalled();
    expect(find(element, '[role="alert"]').textContent).toContain('c.Failures_Discard_Confirm');
    await press(element, 'c.Action_Cancel');
    expect(find(element, '[role="alert"]')).toBeNull();
    await press(element, 'c.Failures_Discard');
    await press(element, 'c.Failures_Discard_Yes');
    expect(discardGroup).toHaveBeenCalledWith({ projectId: 'a01', failures: BATCH });
  });

  it('says why it could not be done', async () => {
    const element = await open([BATCH]);
    retryGroup.mockRejectedValue(apexError('You may not.'));
    await press(element, 'c.Failures_Retry');
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('You may not.'));
    expect(button(element, 'c.Failures_Retry').disabled).toBe(false);
  });

  it('offers nothing to who may only look', async () => {
    expect(button(await open([BATCH], false), 'c.Failures_Retry')).toBeUndefined();
  });

  it('is accessible, also while it asks', async () => {
    const element = await open([BATCH, RECORD, WAITING]);
    await expectAccessible(element);
    await press(element, 'c.Failures_Discard');
    await expectAccessible(element);
  });
});
