import DiTransferList from 'c/diTransferList';
import listTransfers from '@salesforce/apex/DI_DataTransferController.listTransfers';
import activateTransfer from '@salesforce/apex/DI_DataTransferController.activateTransfer';
import pauseTransfer from '@salesforce/apex/DI_DataTransferController.pauseTransfer';
import listProjects from '@salesforce/apex/DI_DestinationProjectController.listProjects';
import {
  apexError,
  button,
  expectAccessible,
  find,
  leave,
  press,
  settled,
  show,
  toasts,
} from 'test/lwc/screen';

const PROJECTS = [{ id: 'a01', name: 'News', status: 'Authorized' }];
const CONTACTS = { id: 'b01', name: 'Contacts', status: 'Active', fields: 8 };
const LEADS = { id: 'b02', name: 'Leads', status: 'Draft', fields: 2 };

function open(transfers, projects = PROJECTS) {
  listTransfers.mockResolvedValue(transfers);
  listProjects.mockResolvedValue(projects);
  return show('c-di-transfer-list', DiTransferList);
}

async function act(element, name, row) {
  find(element, 'lightning-datatable').dispatchEvent(
    new CustomEvent('rowaction', { detail: { action: { name }, row } }),
  );
  await settled();
}

describe('c-di-transfer-list', () => {
  afterEach(leave);

  it('lists the transfers with their status in words', async () => {
    const element = await open([CONTACTS, LEADS]);
    const { data } = find(element, 'lightning-datatable');
    expect(data.map(({ statusLabel }) => statusLabel)).toEqual(['c.Status_Active', 'c.Status_Draft']);
  });

  it('asks for a project first where none is authorized', async () => {
    const element = await open([], []);
    expect(find(element, 'c-di-empty-state').hint).toBe('c.Transfers_No_Project_Hint');
    expect(button(element, 'c.Action_New')).toBeUndefined();
  });

  it('makes the first transfer, and lists it when the wizard closes', async () => {
    const element = await open([]);
    await press(element, 'c.Action_New');
    const wizard = find(element, 'c-di-transfer-wizard');
    expect(wizard.transferId).toBeNull();
    expect(wizard.projects).toEqual(PROJECTS);
    listTransfers.mockResolvedValue([CONTACTS]);
    wizard.dispatchEvent(new CustomEvent('close'));
    await settled();
    expect(find(element, 'lightning-datatable').data).toHaveLength(1);
  });

  it('offers what a transfer’s status allows', async () => {
    const element = await open([CONTACTS]);
    const { rowActions } = find(element, 'lightning-datatable').columns.at(-1).typeAttributes;
    const names = (row) => new Promise((resolve) => rowActions(row, resolve));
    expect((await names(CONTACTS)).map(({ name }) => name)).toEqual(['edit', 'pause', 'load']);
    expect((await names(LEADS)).map(({ name }) => name)).toEqual(['edit', 'activate']);
  });

  it('edits, activates and pauses', async () => {
    const element = await open([CONTACTS, LEADS]);
    const said = toasts(element);
    activateTransfer.mockResolvedValue(null);
    pauseTransfer.mockResolvedValue(null);
    await act(element, 'activate', LEADS);
    expect(activateTransfer).toHaveBeenCalledWith({ transferId: 'b02' });
    await act(element, 'pause', CONTACTS);
    expect(pauseTransfer).toHaveBeenCalledWith({ transferId: 'b01' });
    expect(said.map(({ title }) => title)).toEqual(['c.Transfer_Activated', 'c.Transfer_Was_Paused']);
    await act(element, 'edit', LEADS);
    expect(find(element, 'c-di-transfer-wizard').transferId).toBe('b02');
  });

  it('shows the initial load of an active transfer', async () => {
    const element = await open([CONTACTS]);
    await act(element, 'load', CONTACTS);
    const load = find(element, 'c-di-initial-load');
    expect(load.transferId).toBe('b01');
    load.dispatchEvent(new CustomEvent('close'));
    await settled();
    expect(find(element, 'lightning-datatable')).not.toBeNull();
  });

  it('says why a transfer could not be activated', async () => {
    const element = await open([LEADS]);
    activateTransfer.mockRejectedValue(apexError('Mark a primary key.'));
    await act(element, 'activate', LEADS);
    expect(find(element, 'c-di-error-panel').title).toBe('c.Transfer_Not_Activated');
  });

  it('says why it could not be loaded, and tries again', async () => {
    listTransfers.mockRejectedValueOnce(apexError('You may not.'));
    listProjects.mockResolvedValue(PROJECTS);
    const element = await show('c-di-transfer-list', DiTransferList);
    expect(find(element, 'c-di-error-panel').title).toBe('c.Not_Loaded');
    listTransfers.mockResolvedValue([CONTACTS]);
    await press(element, 'c.Action_Try_Again');
    expect(find(element, 'lightning-datatable').data).toHaveLength(1);
  });

  it('is accessible, empty and filled', async () => {
    await expectAccessible(await open([]));
    await expectAccessible(await open([CONTACTS]));
  });
});
