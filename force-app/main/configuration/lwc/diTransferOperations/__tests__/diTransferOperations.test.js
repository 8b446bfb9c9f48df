import DiTransferOperations from 'c/diTransferOperations';
import describeObject from '@salesforce/apex/DI_DataTransferController.describeObject';
import { change, expectAccessible, find, heard, leave, settled, show } from 'test/lwc/screen';

const DRAFT = { objectName: 'Contact', onInsert: true, onUpdate: true, onDelete: false, onUndelete: false };
const DESCRIPTION = {
  fields: [
    { path: 'Email', label: 'Email', type: 'EMAIL' },
    { path: 'DoNotCall', label: 'Do Not Call', type: 'BOOLEAN' },
    { path: 'IsDeleted', label: 'Deleted', type: 'BOOLEAN' },
  ],
};

const open = (draft = DRAFT) => show('c-di-transfer-operations', DiTransferOperations, { draft });
const filter = (element) => find(element, 'lightning-combobox');

describe('c-di-transfer-operations', () => {
  afterEach(leave);

  it('shows which changes are sent, and tells what is chosen', async () => {
    const element = await open();
    const told = heard(element, 'operationschange');
    const group = find(element, 'lightning-checkbox-group');
    expect(group.value).toEqual(['onInsert', 'onUpdate']);
    await change(group, { value: ['onDelete'] });
    expect(told[0]).toEqual({ onInsert: false, onUpdate: false, onDelete: true, onUndelete: false });
  });

  it('offers the object’s checkboxes as a filter', async () => {
    const element = await open();
    describeObject.emit(DESCRIPTION);
    await settled();
    expect(filter(element).options.map(({ value }) => value)).toEqual(['', 'DoNotCall']);
    const told = heard(element, 'operationschange');
    await change(filter(element), { value: 'DoNotCall' });
    await change(filter(element), { value: '' });
    expect(told).toEqual([{ filterField: 'DoNotCall' }, { filterField: null }]);
  });

  it('hands on the conditions, which can be of the object’s fields', async () => {
    const element = await open();
    describeObject.emit(DESCRIPTION);
    await settled();
    const conditions = [{ field: 'Email', operator: 'filled', value: null }];
    const told = heard(element, 'operationschange');
    const filters = find(element, 'c-di-transfer-filter');
    expect(filters.fields).toEqual(DESCRIPTION.fields);
    filters.dispatchEvent(new CustomEvent('conditionschange', { detail: { conditions } }));
    expect(told).toEqual([{ conditions }]);
  });

  it('says what unchecking does only where there is a filter', async () => {
    expect(find(await open(), 'lightning-radio-group')).toBeNull();
    const conditions = [{ field: 'Email', operator: 'filled', value: null }];
    expect(find(await open({ ...DRAFT, conditions }), 'lightning-radio-group')).not.toBeNull();
    const element = await open({ ...DRAFT, filterField: 'DoNotCall', whenUnchecked: 'Archive' });
    const told = heard(element, 'operationschange');
    await change(find(element, 'lightning-radio-group'), { value: 'Stop' });
    expect(told).toEqual([{ whenUnchecked: 'Stop' }]);
  });

  it('says that the checkboxes could not be read', async () => {
    const element = await open();
    describeObject.error({ message: 'No such object.' });
    await settled();
    expect(find(element, 'c-di-error-panel').errors.body.message).toBe('No such object.');
  });

  it('is accessible', async () => {
    await expectAccessible(await open({ ...DRAFT, filterField: 'DoNotCall', whenUnchecked: 'Archive' }));
  });
});
