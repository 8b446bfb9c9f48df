import { typeLabel } from 'c/diFieldTypes';

describe('fieldTypes', () => {
  it('names a type as Setup does, with its length where Setup says it', () => {
    expect(typeLabel({ type: 'STRING', length: 80 })).toBe('c.Type_Text(80)');
    expect(typeLabel({ type: 'EMAIL', length: 80 })).toBe('c.Type_Email');
  });

  it('says the name of a type it does not know, and nothing of none', () => {
    expect(typeLabel({ type: 'ANYTYPE' })).toBe('ANYTYPE');
    expect(typeLabel({})).toBe('');
  });
});
