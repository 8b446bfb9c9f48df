import DiTransferActivation from 'c/diTransferActivation';
import checkWithDi from '@salesforce/apex/DI_DataTransferController.checkWithDi';
import testTransfer from '@salesforce/apex/DI_DataTransferController.testTransfer';
import activateTransfer from '@salesforce/apex/DI_DataTransferController.activateTransfer';
import applyTransfer from '@salesforce/apex/DI_DataTransferController.applyTransfer';
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
} from 'test/lwc/screen';

const DRAFT = {
  transferId: 'b01',
  name: 'Contacts',
  objectName: 'Contact',
  tableCode: 'Contact',
  fields: [{ path: 'Email' }, { path: 'LastName' }],
  onInsert: true,
  onUpdate: true,
  status: 'Draft',
};
const TAKEN = {
  recordId: '003000000000001AAA',
  isAccepted: true,
  values: [{ path: 'Email', value: 'a@example.com' }],
};

function open(draft = DRAFT, check = { problems: [], fields: [] }) {
  checkWithDi.mockResolvedValue(check);
  return show('c-di-transfer-activation', DiTransferActivation, { draft });
}

describe('c-di-transfer-activation', () => {
  afterEach(leave);

  it('says what will be sent', async () => {
    const element = await open();
    const details = findAll(element, 'dd').map(({ textContent }) => textContent);
    expect(details).toEqual([
      'Contact',
      'Contact',
      'Email, LastName',
      'c.DI_Operation_Insert, c.DI_Operation_Update',
      'c.DI_Filter_All',
    ]);
  });

  it('repeats what is wrong with the transfer and its fields', async () => {
    const element = await open(DRAFT, {
      problems: [{ severity: 'warning', message: 'Paused in DI.' }],
      fields: [{ path: 'Email', severity: 'error', message: 'Not mapped.' }, { path: 'LastName' }],
    });
    expect(findAll(element, 'c-di-notice').map(({ title }) => title)).toEqual([
      'Paused in DI.',
      'Not mapped.',
    ]);
  });

  it('sends one record and shows its values', async () => {
    const element = await open();
    testTransfer.mockResolvedValue(TAKEN);
    await press(element, 'c.DI_Test_Run');
    expect(testTransfer).toHaveBeenCalledWith({ draft: DRAFT, recordId: null });
    expect(find(element, '[data-outcome="true"]').title).toBe('c.DI_Test_Accepted');
    expect(find(element, 'tbody tr').textContent).toContain('a@example.com');
    expect(find(element, 'a').getAttribute('href')).toBe('/003000000000001AAA');
  });

  it('says why DI did not take the record', async () => {
    const element = await open();
    testTransfer.mockResolvedValue({ isAccepted: false, message: 'email is required.', values: [] });
    await press(element, 'c.DI_Test_Run');
    const notice = find(element, '[data-outcome="false"]');
    expect(notice.title).toBe('c.DI_Test_Refused');
    expect(notice.textContent).toContain('email is required.');
  });

  it('activates', async () => {
    const element = await open();
    const activated = heard(element, 'activated');
    activateTransfer.mockResolvedValue(null);
    await press(element, 'c.DI_Transfer_Activate');
    expect(activated).toHaveLength(1);
  });

  it('says why it could not be activated', async () => {
    const element = await open();
    activateTransfer.mockRejectedValue(apexError('Mark a primary key.'));
    await press(element, 'c.DI_Transfer_Activate');
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Transfer_Not_Activated');
  });

  it('applies the changes of a transfer that is active, and says that it goes on until then', async () => {
    const active = { ...DRAFT, status: 'Active' };
    const element = await open(active);
    const applied = heard(element, 'applied');
    expect(button(element, 'c.DI_Transfer_Activate')).toBeUndefined();
    expect(find(element, '[data-goes-on]').textContent).toBe('c.DI_Transfer_Goes_On');
    applyTransfer.mockResolvedValue('b01');
    await press(element, 'c.DI_Transfer_Apply');
    expect(applyTransfer).toHaveBeenCalledWith({ draft: active });
    expect(applied).toHaveLength(1);
  });

  it('says why the changes could not be applied', async () => {
    const element = await open({ ...DRAFT, status: 'Active' });
    const applied = heard(element, 'applied');
    applyTransfer.mockRejectedValue(apexError('Mark a primary key.'));
    await press(element, 'c.DI_Transfer_Apply');
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Transfer_Not_Applied');
    expect(applied).toEqual([]);
  });

  it('is accessible, before and after a test', async () => {
    const element = await open();
    await expectAccessible(element);
    testTransfer.mockResolvedValue(TAKEN);
    await press(element, 'c.DI_Test_Run');
    await expectAccessible(element);
  });
});
