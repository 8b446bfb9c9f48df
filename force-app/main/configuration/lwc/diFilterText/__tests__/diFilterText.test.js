import { filterText, operatorsOf, takesValue } from 'c/diFilterText';

const values = (type) => operatorsOf(type).map(({ value }) => value);

describe('c-di-filter-text', () => {
  it('knows what a field can be compared by', () => {
    expect(values('BOOLEAN')).toEqual(['equals']);
    expect(values('PICKLIST')).toEqual(['equals', 'differs', 'in', 'empty', 'filled']);
    expect(values('DATE')).toContain('greater');
    expect(takesValue('filled')).toBe(false);
  });

  it('says a filter in words', () => {
    const conditions = [
      { field: 'Stage__c', operator: 'in', value: 'New;Open' },
      { field: 'Email', operator: 'filled', value: null },
    ];
    expect(filterText({ filterField: 'DoNotCall', conditions })).toBe(
      'c.DI_Filter_Checked; Stage__c c.DI_Filter_In New;Open; Email c.DI_Filter_Filled',
    );
    expect(filterText({ filterField: null })).toBe('');
  });
});
