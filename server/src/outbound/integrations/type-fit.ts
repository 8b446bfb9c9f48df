import type { FieldType } from '../../values/field-types.ts';

const TEXT = ['string', 'textarea', 'combobox', 'encryptedstring'];
const NUMBERS = ['double', 'currency', 'percent'];
const CHOICES = ['picklist', 'multipicklist'];

/** Which types of Salesforce fields a column's values are written to, and of which Salesforce looks at each value. */
const WRITES: Readonly<
  Record<FieldType, { readonly always: readonly string[]; readonly checked: readonly string[] }>
> = {
  text: {
    always: TEXT,
    checked: ['email', 'phone', 'url', 'reference', 'date', 'datetime', 'int', ...NUMBERS, ...CHOICES],
  },
  longtext: { always: TEXT, checked: ['url', ...CHOICES] },
  integer: { always: ['int', 'long', ...NUMBERS, ...TEXT], checked: ['phone', 'picklist'] },
  decimal: { always: [...NUMBERS, ...TEXT], checked: ['picklist'] },
  boolean: { always: ['boolean'], checked: ['picklist', ...TEXT] },
  date: { always: ['date', ...TEXT], checked: [] },
  timestamp: { always: ['datetime', 'date', ...TEXT], checked: [] },
  time: { always: ['time', ...TEXT], checked: [] },
  email: { always: ['email', ...TEXT], checked: [] },
  phone: { always: ['phone', ...TEXT], checked: [] },
  url: { always: ['url', ...TEXT], checked: [] },
  picklist: { always: ['picklist', 'multipicklist', ...TEXT], checked: ['email', 'phone', 'url'] },
  multipicklist: { always: ['multipicklist', ...TEXT], checked: ['picklist'] },
  salesforce_id: { always: ['reference', ...TEXT], checked: [] },
  json: { always: TEXT, checked: [] },
};

/** Whether a column's values can be written to a field of a type. */
export function typeFit(column: FieldType, field: string): 'fits' | 'checked' | 'misfit' {
  const { always, checked } = WRITES[column];
  if (always.includes(field)) return 'fits';
  return checked.includes(field) ? 'checked' : 'misfit';
}
