import { text, type Xml } from '../database/metadata-xml.ts';
import type { FieldSchema } from '../database/schema.ts';

/** Characters of a custom field's name before `__c`, and of its label. */
const LONGEST = 40;
const NAME = /^[A-Za-z](?:_?[A-Za-z0-9])*__c$/;

/** What each type of field has to say of itself. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Checkbox: ['defaultValue'],
  Text: ['length'],
  LongTextArea: ['length', 'visibleLines'],
  Html: ['length', 'visibleLines'],
  Number: ['precision', 'scale'],
  Currency: ['precision', 'scale'],
  Percent: ['precision', 'scale'],
  Lookup: ['referenceTo', 'relationshipName'],
  MasterDetail: ['referenceTo', 'relationshipName'],
};

/** What the platform refuses a custom field's metadata for, or null. */
export function customFieldProblem(name: string, xml: Xml, existing: FieldSchema | undefined): string | null {
  const type = text(xml, 'type');
  if (!NAME.test(name))
    return `The Custom Field Name: ${name} is invalid. Names can only contain alphanumeric characters, must begin with a letter, cannot end with an underscore or contain two consecutive underscore characters.`;
  if (name.length - '__c'.length > LONGEST)
    return `Field Name: data value too large: ${name} (max length=${LONGEST})`;
  if (type === null) return 'Required field is missing: type';
  const label = text(xml, 'label');
  if (label === null) return 'Required field is missing: label';
  if (label.length > LONGEST) return `Label: data value too large: ${label} (max length=${LONGEST})`;
  const missing =
    text(xml, 'formula') === null ? REQUIRED[type]?.find((each) => text(xml, each) === null) : undefined;
  if (missing !== undefined) return `Must specify '${missing}' for a CustomField of type ${type}`;
  if (type === 'Picklist' && xml.valueSet === undefined)
    return `Must specify 'valueSet' for a CustomField of type ${type}`;
  const length = Number(text(xml, 'length') ?? 0);
  if (type === 'Text' && (length < 1 || length > 255)) return "'length' must be between 1 and 255";
  if (Number(text(xml, 'precision') ?? 0) > 18) return "'precision' must be between 1 and 18";
  return existing && existing.type !== typeNow(type)
    ? `Cannot change the type of the field ${name} from ${existing.type} to ${type}`
    : null;
}

const TYPES: Readonly<Record<string, FieldSchema['type']>> = {
  Checkbox: 'boolean',
  Number: 'double',
  Lookup: 'reference',
  MasterDetail: 'reference',
  LongTextArea: 'textarea',
  Html: 'textarea',
  TextArea: 'textarea',
  Text: 'string',
  AutoNumber: 'string',
  MultiselectPicklist: 'multipicklist',
  EncryptedText: 'encryptedstring',
  Summary: 'double',
};
const typeNow = (type: string): string => TYPES[type] ?? type.toLowerCase();
