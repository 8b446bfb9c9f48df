import DiTransferFilter from 'c/diTransferFilter';
import { button, change, expectAccessible, findAll, heard, leave, press, show } from 'test/lwc/screen';

const FIELDS = [
  { path: 'Stage__c', label: 'Stage', type: 'PICKLIST', isFilterable: true },
  { path: 'Birthdate', label: 'Birthdate', type: 'DATE', isFilterable: true },
  { path: 'DoNotCall', label: 'Do Not Call', type: 'BOOLEAN', isFilterable: true },
  { path: 'Description', label: 'Description', type: 'TEXTAREA', isFilterable: false },
];
const STAGE = { field: 'Stage__c', operator: 'equals', value: 'New' };
const BORN = { field: 'Birthdate', operator: 'greater', value: '2000-01-01' };

const open = (conditions = []) =>
  show('c-di-transfer-filter', DiTransferFilter, { conditions, fields: FIELDS });
const input = (element, name, row = 0) =>
  findAll(element, `[data-index="${row}"]`).find((each) => each.name === name);

describe('c-di-transfer-filter', () => {
  afterEach(leave);

  it('begins with a field that can be asked for', async () => {
    const element = await open();
    const told = heard(element, 'conditionschange');
    await press(element, 'c.DI_Filter_Condition_Add');
    expect(told).toEqual([{ conditions: [{ field: 'Birthdate', operator: 'equals', value: null }] }]);
  });

  it('offers the comparisons and the input of the field’s type', async () => {
    const element = await open([STAGE, BORN, { field: 'DoNotCall', operator: 'equals', value: 'true' }]);
    expect(input(element, 'field').options.map(({ value }) => value)).toEqual([
      'Birthdate',
      'DoNotCall',
      'Stage__c',
    ]);
    expect(input(element, 'operator').options.map(({ value }) => value)).toContain('in');
    expect(input(element, 'value').type).toBe('text');
    expect(input(element, 'operator', 1).options.map(({ value }) => value)).toContain('greater');
    expect(input(element, 'value', 1).type).toBe('date');
    expect(input(element, 'value', 2).options.map(({ value }) => value)).toEqual(['true', 'false']);
  });

  it('tells what was chosen, and asks for no value where none is compared', async () => {
    const element = await open([STAGE, BORN]);
    const told = heard(element, 'conditionschange');
    await change(input(element, 'value'), { value: 'Open' });
    await change(input(element, 'operator'), { value: 'filled' });
    await change(input(element, 'field', 1), { value: 'DoNotCall' });
    expect(told).toEqual([
      { conditions: [{ ...STAGE, value: 'Open' }, BORN] },
      { conditions: [{ ...STAGE, operator: 'filled', value: null }, BORN] },
      { conditions: [STAGE, { field: 'DoNotCall', operator: 'equals', value: 'true' }] },
    ]);
    expect(input(await open([{ ...STAGE, operator: 'filled' }]), 'value')).toBeUndefined();
  });

  it('says how several values are written', async () => {
    const element = await open([{ ...STAGE, operator: 'in' }]);
    expect(input(element, 'value').fieldLevelHelp).toBe('c.DI_Filter_Condition_Values_Help');
  });

  it('removes one of them, and takes no more than ten', async () => {
    const element = await open(Array(10).fill(STAGE));
    expect(button(element, 'c.DI_Filter_Condition_Add')).toBeUndefined();
    const told = heard(element, 'conditionschange');
    findAll(element, 'lightning-button-icon')[9].click();
    expect(told[0].conditions).toHaveLength(9);
  });

  it('is accessible', async () => {
    await expectAccessible(await open([STAGE, BORN]));
  });
});
