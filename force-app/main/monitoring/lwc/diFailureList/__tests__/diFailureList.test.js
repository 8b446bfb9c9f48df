import DiFailureList from 'c/diFailureList';
import retryGroup from '@salesforce/apex/DI_MonitorController.retryGroup';
import discardGroup from '@salesforce/apex/DI_MonitorController.discardGroup';
import eachFailure from '@salesforce/apex/DI_MonitorController.eachFailure';
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
    expect(find(await open([]), '[data-none]').textContent).toBe('c.DI_Failures_None');
  });

  it('names each reason with its kind, its records and its field', async () => {
    const element = await open([BATCH, RECORD, WAITING]);
    expect(findAll(element, 'h4').map(({ textContent }) => textContent)).toEqual([
      'Not mapped.',
      'email is required.',
      'c.DI_Failures_Unknown_Reason',
    ]);
    expect(findAll(element, 'lightning-badge').map(({ label }) => label)).toEqual([
      'c.DI_Failures_Kind_Batch',
      'c.DI_Failures_Kind_Record',
      'c.DI_Failures_Kind_Waiting',
    ]);
    expect(find(element, '[data-kind="record"] a').getAttribute('href')).toBe('/003000000000001AAA');
    expect(find(element, '[data-kind="waiting"]').textContent).toContain('c.DI_Failures_Next_Attempt');
  });

  it('retries a group', async () => {
    const element = await open([BATCH]);
    const [changed, said] = [heard(element, 'change'), toasts(element)];
    retryGroup.mockResolvedValue(4);
    await press(element, 'c.DI_Failures_Retry');
    expect(retryGroup).toHaveBeenCalledWith({ projectId: 'a01', failures: BATCH });
    expect(said[0]).toMatchObject({ title: 'c.DI_Monitor_Retried', variant: 'success' });
    expect(changed).toHaveLength(1);
  });

  it('asks twice before it discards', async () => {
    const element = await open([BATCH]);
    discardGroup.mockResolvedValue(4);
    await press(element, 'c.DI_Failures_Discard');
    expect(discardGroup).not.toHaveBeenCalled();
    expect(find(element, '[role="alert"]').textContent).toContain('c.DI_Failures_Discard_Confirm');
    await press(element, 'c.DI_Action_Cancel');
    expect(find(element, '[role="alert"]')).toBeNull();
    await press(element, 'c.DI_Failures_Discard');
    await press(element, 'c.DI_Failures_Discard_Yes');
    expect(discardGroup).toHaveBeenCalledWith({ projectId: 'a01', failures: BATCH });
  });

  it('says why it could not be done', async () => {
    const element = await open([BATCH]);
    retryGroup.mockRejectedValue(apexError('You may not.'));
    await press(element, 'c.DI_Failures_Retry');
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('You may not.'));
    expect(button(element, 'c.DI_Failures_Retry').disabled).toBe(false);
  });

  it('hands out each failure as a file, in which nothing is a formula', async () => {
    const element = await open([BATCH], false);
    const download = find(element, 'a[download]');
    const clicked = jest.fn((event) => event.preventDefault());
    download.addEventListener('click', clicked);
    eachFailure.mockResolvedValue([
      { ...RECORD, reason: '=HYPERLINK("http://x")' },
      { ...BATCH, transferName: 'Contacts, "all"' },
    ]);
    await press(element, 'c.DI_Failures_Csv');
    expect(eachFailure).toHaveBeenCalledWith({ projectId: 'a01' });
    expect(clicked).toHaveBeenCalledTimes(1);
    const [type, file] = download.getAttribute('href').split(/,(.*)/);
    expect(type).toBe('data:text/csv;charset=utf-8');
    const [head, record, batch, end] = decodeURIComponent(file).split('\r\n');
    expect(head).toMatch(/^\ufeffc\.DI_Failures_Csv_Kind,.*,c\.DI_Failures_Csv_Next$/);
    expect(record).toBe(
      `c.DI_Failures_Kind_Record,Contacts,003000000000001AAA,1,"'=HYPERLINK(""http://x"")",required,Email,2026-11-21T10:00:00.000Z,`,
    );
    expect(batch).toBe(
      'c.DI_Failures_Kind_Batch,"Contacts, ""all""",,4,Not mapped.,,,2026-11-21T10:00:00.000Z,',
    );
    expect(end).toBe('');
  });

  it('says why there is no file', async () => {
    const element = await open([BATCH]);
    eachFailure.mockRejectedValue(apexError('No.'));
    await press(element, 'c.DI_Failures_Csv');
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Not_Loaded');
  });

  it('offers no file of nothing', async () => {
    expect(button(await open([]), 'c.DI_Failures_Csv')).toBeUndefined();
  });

  it('offers nothing to who may only look', async () => {
    expect(button(await open([BATCH], false), 'c.DI_Failures_Retry')).toBeUndefined();
  });

  it('is accessible, also while it asks', async () => {
    const element = await open([BATCH, RECORD, WAITING]);
    await expectAccessible(element);
    await press(element, 'c.DI_Failures_Discard');
    await expectAccessible(element);
  });
});
