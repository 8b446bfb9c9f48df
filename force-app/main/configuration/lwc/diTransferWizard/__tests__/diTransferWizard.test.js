import DiTransferWizard from 'c/diTransferWizard';
import sourceObjects from '@salesforce/apex/DI_DataTransferController.sourceObjects';
import describeObject from '@salesforce/apex/DI_DataTransferController.describeObject';
import loadTransfer from '@salesforce/apex/DI_DataTransferController.loadTransfer';
import saveTransfer from '@salesforce/apex/DI_DataTransferController.saveTransfer';
import catalogOf from '@salesforce/apex/DI_DestinationProjectController.catalog';
import refreshCatalog from '@salesforce/apex/DI_DestinationProjectController.refreshCatalog';
import {
  apexError,
  button,
  change,
  expectAccessible,
  find,
  findAll,
  heard,
  leave,
  named,
  press,
  settled,
  show,
  toasts,
} from 'test/lwc/screen';

const NEWS = { id: 'a01', name: 'News', status: 'Authorized' };
const SHOP = { id: 'a02', name: 'Shop', status: 'Authorized' };
const OFF = { id: 'a03', name: 'Off', status: 'Not authorized' };
const OBJECTS = [
  { name: 'Contact', label: 'Contact' },
  { name: 'Lead', label: 'Lead' },
];
const CATALOG = {
  tables: [
    { code: 'Contact', name: 'Contacts', primaryKey: ['email'] },
    { code: 'Visit', name: 'Visit', primaryKey: ['id'] },
  ],
  mappings: [{ table: 'Contact', objectName: 'Contact', columns: { email: 'email' } }],
};
const FIELDS = [{ path: 'Email', isPrimaryKey: true }];

async function open(properties = {}) {
  sourceObjects.mockResolvedValue(OBJECTS);
  // The fields' step calls it, the operations' step is wired to it.
  describeObject.mockResolvedValue({ fields: [], relationships: [] });
  catalogOf.mockResolvedValue(CATALOG);
  refreshCatalog.mockResolvedValue(CATALOG);
  const element = await show('c-di-transfer-wizard', DiTransferWizard, { projects: [NEWS], ...properties });
  return element;
}

function permit(element) {
  for (const input of findAll(element, '[data-required]')) input.reportValidity = jest.fn(() => true);
}

async function next(element) {
  permit(element);
  await press(element, 'c.DI_Action_Next');
}

const pick = (element, value) => change(find(element, 'c-di-object-picker'), { value });
const step = (element) => find(element, 'lightning-progress-indicator').currentStep;

async function tell(element, selector, name, detail) {
  find(element, selector).dispatchEvent(new CustomEvent(name, { detail }));
  await settled();
}

/** Walks to the step of that name with a contact's transfer. */
async function walkTo(element, wanted) {
  await pick(element, 'Contact');
  await next(element);
  if (wanted === 'fields') return;
  await tell(element, 'c-di-transfer-field-mapping', 'fieldschange', { fields: FIELDS });
  await next(element);
  if (wanted === 'operations') return;
  saveTransfer.mockResolvedValue('b01');
  await next(element);
}

describe('c-di-transfer-wizard', () => {
  afterEach(leave);

  it('takes the only authorized project, and offers its tables', async () => {
    const element = await open({ projects: [NEWS, OFF] });
    expect(named(element, 'project').value).toBe('a01');
    expect(named(element, 'project').options).toHaveLength(1);
    expect(named(element, 'table').options.map(({ label }) => label)).toEqual([
      'Contacts (Contact)',
      'Visit',
    ]);
    expect(refreshCatalog).toHaveBeenCalledWith({ projectId: 'a01' });
  });

  it('offers the tables that were kept where DI does not answer', async () => {
    refreshCatalog.mockRejectedValueOnce(apexError('Unreachable.'));
    const element = await open();
    expect(catalogOf).toHaveBeenCalledWith({ projectId: 'a01' });
    expect(named(element, 'table').options.map(({ value }) => value)).toEqual(['Contact', 'Visit']);
    expect(element.shadowRoot.textContent).not.toContain('Unreachable.');
  });

  it('lets one choose among several projects', async () => {
    const element = await open({ projects: [NEWS, SHOP] });
    expect(catalogOf).not.toHaveBeenCalled();
    expect(named(element, 'table').disabled).toBe(true);
    await change(named(element, 'project'), { value: 'a02' });
    expect(refreshCatalog).toHaveBeenCalledWith({ projectId: 'a02' });
    expect(named(element, 'table').disabled).toBe(false);
  });

  it('takes the table that DI maps the object to, and names the transfer', async () => {
    const element = await open();
    await pick(element, 'Contact');
    expect(named(element, 'table').value).toBe('Contact');
    expect(named(element, 'name').value).toBe('c.DI_Transfer_Default_Name');
  });

  it('keeps a name that somebody wrote', async () => {
    const element = await open();
    await change(named(element, 'name'), { value: 'Mine' });
    await pick(element, 'Lead');
    await change(named(element, 'table'), { value: 'Visit' });
    expect(named(element, 'name').value).toBe('Mine');
  });

  it('does not go on before the step is complete', async () => {
    const element = await open();
    await next(element);
    expect(step(element)).toBe('object');
    expect(find(element, 'c-di-error-panel').errors).toBe('c.DI_Wizard_Complete_Step');
    await pick(element, 'Contact');
    await next(element);
    expect(step(element)).toBe('fields');
    await next(element);
    expect(find(element, 'c-di-error-panel').errors).toBe('c.DI_Wizard_Choose_Fields');
  });

  it('gives the fields’ step the mapping and the primary key, and shows what is wrong', async () => {
    const element = await open();
    await walkTo(element, 'fields');
    const mapping = find(element, 'c-di-transfer-field-mapping');
    expect(mapping.mapping.columns).toEqual({ email: 'email' });
    expect(mapping.primaryKey).toEqual(['email']);
    const problems = [{ severity: 'error', message: 'No primary key.' }];
    await tell(element, 'c-di-transfer-field-mapping', 'checked', { problems });
    expect(find(element, '[data-problem="error"]').title).toBe('No primary key.');
  });

  it('forgets the fields where another object is chosen', async () => {
    const element = await open();
    await walkTo(element, 'operations');
    await press(element, 'c.DI_Action_Back');
    await press(element, 'c.DI_Action_Back');
    await pick(element, 'Lead');
    await next(element);
    expect(find(element, 'c-di-transfer-field-mapping').draft.fields).toEqual([]);
  });

  it('saves before the last step, and the same transfer when one comes again', async () => {
    const element = await open();
    const said = toasts(element);
    await walkTo(element, 'operations');
    await tell(element, 'c-di-transfer-operations', 'operationschange', { onDelete: false });
    saveTransfer.mockResolvedValue('b01');
    await next(element);
    expect(step(element)).toBe('activate');
    expect(saveTransfer.mock.lastCall[0].draft).toMatchObject({
      objectName: 'Contact',
      onDelete: false,
      fields: FIELDS,
    });
    expect(said[0].title).toBe('c.DI_Transfer_Saved');
    await press(element, 'c.DI_Action_Back');
    await next(element);
    expect(saveTransfer.mock.lastCall[0].draft.transferId).toBe('b01');
  });

  it('stays where it is when it could not be saved', async () => {
    const element = await open();
    await walkTo(element, 'operations');
    saveTransfer.mockRejectedValue(apexError('Refused.'));
    await next(element);
    expect(step(element)).toBe('operations');
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Not_Saved');
  });

  it('closes when the transfer is active', async () => {
    const element = await open();
    const [closed, said] = [heard(element, 'close'), toasts(element)];
    await walkTo(element, 'activate');
    await tell(element, 'c-di-transfer-activation', 'activated');
    expect(closed).toHaveLength(1);
    expect(said.at(-1).title).toBe('c.DI_Transfer_Activated');
  });

  it('leaves a transfer that is active alone until its changes are applied', async () => {
    loadTransfer.mockResolvedValue({
      transferId: 'b01',
      name: 'Live',
      projectId: 'a01',
      objectName: 'Contact',
      tableCode: 'Contact',
      fields: FIELDS,
      status: 'Active',
    });
    const element = await open({ transferId: 'b01' });
    const [closed, said] = [heard(element, 'close'), toasts(element)];
    await next(element);
    await next(element);
    await next(element);
    expect(step(element)).toBe('activate');
    expect(saveTransfer).not.toHaveBeenCalled();
    expect(button(element, 'c.DI_Action_Cancel')).toBeDefined();
    await tell(element, 'c-di-transfer-activation', 'applied');
    expect(said.at(-1).title).toBe('c.DI_Transfer_Applied');
    expect(closed).toHaveLength(1);
  });

  it('asks DI anew for the tables', async () => {
    const element = await open();
    const said = toasts(element);
    await press(element, 'c.DI_Transfer_Refresh_Tables');
    expect(refreshCatalog).toHaveBeenLastCalledWith({ projectId: 'a01' });
    expect(said[0].title).toBe('c.DI_Transfer_Tables_Refreshed');
    refreshCatalog.mockRejectedValueOnce(apexError('Unreachable.'));
    await press(element, 'c.DI_Transfer_Refresh_Tables');
    expect(find(element, 'c-di-error-panel').errors).toEqual(apexError('Unreachable.'));
  });

  it('changes a transfer that is there', async () => {
    loadTransfer.mockResolvedValue({
      transferId: 'b01',
      name: 'Old',
      projectId: 'a03',
      objectName: 'Lead',
      tableCode: 'Visit',
      fields: FIELDS,
    });
    const element = await open({ transferId: 'b01', projects: [NEWS, OFF] });
    expect(find(element, 'c-di-object-picker').value).toBe('Lead');
    expect(named(element, 'name').value).toBe('Old');
    expect(named(element, 'project').options.map(({ value }) => value)).toEqual(['a01', 'a03']);
  });

  it('says why it could not be loaded', async () => {
    sourceObjects.mockRejectedValueOnce(apexError('You may not.'));
    const element = await show('c-di-transfer-wizard', DiTransferWizard, { projects: [NEWS] });
    expect(find(element, 'c-di-error-panel').title).toBe('c.DI_Not_Loaded');
  });

  it('is given up without saving', async () => {
    const element = await open();
    const closed = heard(element, 'close');
    await press(element, 'c.DI_Action_Cancel');
    expect(closed).toHaveLength(1);
    expect(saveTransfer).not.toHaveBeenCalled();
  });

  it('is accessible at each step', async () => {
    const element = await open();
    await expectAccessible(element);
    await walkTo(element, 'activate');
    await expectAccessible(element);
  });
});
