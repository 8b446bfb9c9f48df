import DiRecordPanel from 'c/diRecordPanel';
import readState from '@salesforce/apex/DI_RecordController.state';
import sendNow from '@salesforce/apex/DI_RecordController.sendNow';
import askDi from '@salesforce/apex/DI_RecordController.ask';
import {
  apexError,
  button,
  expectAccessible,
  find,
  findAll,
  leave,
  press,
  settled,
  show,
  toasts,
} from 'test/lwc/screen';

const RECORD = '003000000000001AAA';
const SENT = {
  transferId: 'b01',
  transferName: 'Contacts',
  projectId: 'a01',
  projectName: 'News',
  isActive: true,
  isUnsure: false,
};
const stateWith = (changes, mayChange = true) => ({
  objectLabel: 'Contact',
  mayChange,
  transfers: changes.map((change) => ({ ...SENT, ...change })),
});
const TABLE = { table: 'Contact', state: 'current', changedAt: '2026-11-21T10:00:00.000Z' };

async function open(state) {
  readState.mockResolvedValue(state);
  return show('c-di-record-panel', DiRecordPanel, { recordId: RECORD });
}
const said = (element) => findAll(element, '[data-state]').map(({ title }) => title);

describe('c-di-record-panel', () => {
  afterEach(leave);

  it('says that no transfer sends records of the object', async () => {
    const element = await open(stateWith([]));
    expect(find(element, '[data-no-transfer]').textContent).toBe('c.DI_Record_No_Transfer');
    expect(button(element, 'c.DI_Record_Ask')).toBeUndefined();
  });

  it.each([
    ['that everything was sent', {}, ['c.DI_Record_Sent']],
    ['what waits', { waitsSince: '2026-11-21T10:00:00.000Z' }, ['c.DI_Record_Waits']],
    [
      'why it is tried again',
      { waitsSince: '2026-11-21T10:00:00.000Z', waitsBecause: 'Busy.' },
      ['c.DI_Record_Tried_Again'],
    ],
    [
      'what was refused before what was set aside',
      { setAsideBecause: '', refusedBecause: 'Too long.', refusedField: 'Name' },
      ['c.DI_Record_Refused_Field', 'c.DI_Record_Set_Aside'],
    ],
    ['a refusal without a field', { refusedBecause: 'No.' }, ['c.DI_Record_Refused']],
    ['that it could not be found out', { isUnsure: true }, ['c.DI_Record_Unsure']],
    ['that the transfer is not active', { isActive: false }, ['c.DI_Record_Inactive']],
    [
      'what holds the transfer',
      { held: { transferName: 'Contacts', reason: 'transfer-paused', message: '' } },
      ['c.DI_Hold_Transfer_Paused'],
    ],
  ])('says %s', async (_what, change, sentences) => {
    expect(said(await open(stateWith([change])))).toEqual(sentences);
  });

  it('sends the record, and shows that it waits', async () => {
    const element = await open(stateWith([{}]));
    const toasted = toasts(element);
    sendNow.mockResolvedValue(stateWith([{ waitsSince: '2026-11-21T10:00:00.000Z' }]));
    await press(element, 'c.DI_Record_Send_Now');
    expect(sendNow).toHaveBeenCalledWith({ recordId: RECORD });
    expect(said(element)).toEqual(['c.DI_Record_Waits']);
    expect(toasted[0].title).toBe('c.DI_Record_On_Its_Way');
  });

  it('tells why it was not sent', async () => {
    const element = await open(stateWith([{}]));
    sendNow.mockRejectedValue(apexError('No.'));
    await press(element, 'c.DI_Record_Send_Now');
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Not_Saved');
  });

  it.each([
    ['a viewer', stateWith([{}], false)],
    ['a record without an active transfer', stateWith([{ isActive: false }])],
  ])('offers no sending to %s', async (_who, state) => {
    expect(button(await open(state), 'c.DI_Record_Send_Now')).toBeUndefined();
  });

  it('asks each project once, and shows what each answers, or why it does not', async () => {
    const element = await open(
      stateWith([{}, { transferId: 'b02' }, { transferId: 'b03', projectId: 'a02' }]),
    );
    expect(askDi).not.toHaveBeenCalled();
    const known = {
      tables: [{ ...TABLE, outdated: { message: 'Too long.' } }],
      consents: [
        { optIn: 'news', name: 'News', status: 'withdrawn', changedAt: '2026-11-21T10:00:00.000Z' },
        { optIn: 'sms', name: 'SMS', status: null },
      ],
    };
    askDi.mockImplementation(async ({ projectId }) => {
      if (projectId !== 'a01') throw apexError('DI cannot be reached.');
      return known;
    });
    await press(element, 'c.DI_Record_Ask');
    expect(askDi).toHaveBeenCalledTimes(2);
    expect(find(element, '[data-table]').textContent).toContain('c.DI_Record_Current');
    expect(find(element, '[data-table] c-di-notice').title).toBe('c.DI_Record_Outdated');
    expect(findAll(element, '[data-consent]').map(({ textContent }) => textContent.trim())).toEqual([
      'c.DI_Record_Opt_In',
      'c.DI_Record_Opt_In',
    ]);
    const panel = find(element, '[data-project="a02"] c-di-error-panel');
    expect(panel.errors).toEqual(['DI cannot be reached.']);
    await expectAccessible(element);
  });

  it('says that DI does not have the record', async () => {
    const element = await open(stateWith([{}]));
    askDi.mockResolvedValue({ tables: [], consents: [] });
    await press(element, 'c.DI_Record_Ask');
    expect(find(element, '[data-nowhere]').textContent).toBe('c.DI_Record_Nowhere');
  });

  it('shows another record where the page does, and nothing of the one before', async () => {
    const element = await open(stateWith([{}]));
    readState.mockResolvedValue(stateWith([{ isActive: false }]));
    element.recordId = '003000000000002AAA';
    await settled();
    expect(readState).toHaveBeenLastCalledWith({ recordId: '003000000000002AAA' });
    expect(said(element)).toEqual(['c.DI_Record_Inactive']);
  });

  it('says since when DI has the record, where DI noted it', async () => {
    const element = await open(stateWith([{}]));
    const createdAt = '2026-01-21T10:00:00.000Z';
    askDi.mockResolvedValue({
      tables: [
        { ...TABLE, createdAt },
        { ...TABLE, table: 'Lead', createdAt: null },
      ],
      consents: [],
    });
    await press(element, 'c.DI_Record_Ask');
    const since = findAll(element, '[data-created] lightning-formatted-date-time');
    expect(since.map(({ value }) => value)).toEqual([Date.parse(createdAt)]);
  });

  it('tells why nothing was read', async () => {
    readState.mockRejectedValue(apexError('No.'));
    const element = await show('c-di-record-panel', DiRecordPanel, { recordId: RECORD });
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Not_Loaded');
  });
});
