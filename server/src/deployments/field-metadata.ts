import { metadataXml, type MetadataNode } from './metadata-zip.ts';

/** Of our own: field-level security cannot be given on a permission set that came with a managed package. */
export const PERMISSION_SET = 'DI_Fields';
/** Finds the records that were made of rows, so that a retry never makes a second one. */
export const RECORD_ID_FIELD = 'DI_Record_Id__c';
/** Characters of a UUID. */
const RECORD_ID_LENGTH = 36;
/** Characters of a field's label. */
const LABEL_LENGTH = 40;

/** What a field is for: an opt-in, when it was given or withdrawn, or the id of the row that a record was made of. */
export const FIELD_PURPOSES = ['opt-in', 'opt-in-changed', 'record-id'] as const;
export type FieldPurpose = (typeof FIELD_PURPOSES)[number];

/** A field to be made on an object. */
export interface NewField {
  readonly name: string;
  readonly label: string;
  readonly purpose: FieldPurpose;
}

/** Who may see and write a field, `Contact.DI_News__c`. */
export interface FieldPermission {
  readonly field: string;
  readonly isEditable: boolean;
}

/** The part of an object that is these fields. */
export function fieldsXml(fields: readonly NewField[]): string {
  return metadataXml('CustomObject', { fields: fields.map(fieldNode) });
}

/** The whole permission set: what it does not name, a deployment takes away. */
export function permissionSetXml(permissions: readonly FieldPermission[]): string {
  return metadataXml('PermissionSet', {
    description: 'Fields that DI Connect has made. It keeps this permission set itself.',
    fieldPermissions: permissions.map(({ field, isEditable }) => ({
      editable: isEditable,
      field,
      readable: true,
    })),
    hasActivationRequired: false,
    label: 'DI Fields',
  });
}

/** Elements stand in the Metadata API's order, `fullName` first. */
function fieldNode({ name, label, purpose }: NewField): MetadataNode {
  const described = { description: DESCRIPTIONS[purpose] };
  const labelled = { label: shortened(label) };
  switch (purpose) {
    case 'opt-in':
      return { fullName: name, defaultValue: false, ...described, ...labelled, type: 'Checkbox' };
    case 'opt-in-changed':
      return { fullName: name, ...described, ...labelled, required: false, type: 'DateTime' };
    case 'record-id':
      return {
        fullName: name,
        caseSensitive: false,
        ...described,
        externalId: true,
        ...labelled,
        length: RECORD_ID_LENGTH,
        required: false,
        type: 'Text',
        unique: true,
      };
  }
}

const DESCRIPTIONS: Readonly<Record<FieldPurpose, string>> = {
  'opt-in': 'Whether the person agrees, as DI Connect knows it.',
  'opt-in-changed': 'When the person agreed or withdrew, as DI Connect knows it.',
  'record-id': 'The row in DI Connect that this record was made of.',
};

/** By characters, not by halves of them. */
function shortened(label: string): string {
  const characters = Array.from(label);
  return characters.length <= LABEL_LENGTH ? label : `${characters.slice(0, LABEL_LENGTH - 1).join('')}…`;
}
