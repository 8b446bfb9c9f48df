import type { FieldSchema, OrgSchema } from './schema.ts';

const NAMES: Readonly<Partial<Record<FieldSchema['type'], string>>> = {
  address: 'Address',
  base64: 'Base64',
  boolean: 'Checkbox',
  date: 'Date',
  datetime: 'Date/Time',
  email: 'Email',
  encryptedstring: 'Text (Encrypted)',
  id: 'Lookup()',
  location: 'Geolocation',
  phone: 'Phone',
  picklist: 'Picklist',
  multipicklist: 'Picklist (Multi-Select)',
  time: 'Time',
  url: 'URL',
};
const NUMBERS: Readonly<Partial<Record<FieldSchema['type'], string>>> = {
  currency: 'Currency',
  double: 'Number',
  integer: 'Number',
  long: 'Number',
  percent: 'Percent',
};

/** A field's type as set-up pages and FieldDefinition.DataType have it: `Text(20)`, `Number(16, 2)`, `Lookup(Account)`. */
export function metadataTypeOf(schema: OrgSchema, field: FieldSchema): string {
  if (field.autoNumber) return 'Auto Number';
  const name = typeOf(schema, field);
  return field.formula === null ? name : `Formula (${name.replace(/\(.*/, '')})`;
}

function typeOf(schema: OrgSchema, field: FieldSchema): string {
  const number = NUMBERS[field.type];
  if (number !== undefined) return `${number}(${field.precision - field.scale}, ${field.scale})`;
  if (field.type === 'reference') {
    const targets = field.referenceTo.map((each) => schema.object(each)?.label ?? each).join(',');
    return `${field.masterDetail ? 'Master-Detail' : 'Lookup'}(${targets})`;
  }
  if (field.type === 'textarea') return `Long Text Area(${field.length})`;
  return NAMES[field.type] ?? `Text(${field.length})`;
}
