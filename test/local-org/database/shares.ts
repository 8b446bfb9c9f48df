import type { FieldSchema, ObjectSchema, OrgSchema } from './schema.ts';
import { system } from './system-fields.ts';

const ACCESS = ['Read', 'Edit', 'All'];
const picklist = (values: readonly string[]): FieldSchema['picklist'] =>
  values.map((value) => ({ value, label: value, isDefault: false, active: true }));

/** `X__Share` of a custom object that is no detail: who was given which access to a record, and why. (Apex Developer Guide, Sharing a Record.) */
export function shareObject(schema: OrgSchema, name: string): ObjectSchema | undefined {
  const parent = /__share$/i.test(name) ? schema.object(name.replace(/__share$/i, '__c')) : undefined;
  const isDetail = parent && [...parent.fields.values()].some((field) => field.masterDetail);
  return parent?.kind === 'custom' && !isDetail ? shareOf(parent) : undefined;
}

function shareOf(parent: ObjectSchema): ObjectSchema {
  const user = { referenceTo: ['User'] };
  const written = { createable: true };
  const fields = [
    system('Id', 'id', 'Id'),
    system('ParentId', 'reference', 'Id', {
      ...written,
      referenceTo: [parent.name],
      relationshipName: 'Parent',
      deleteConstraint: 'Cascade',
    }),
    system('UserOrGroupId', 'reference', 'Id', {
      ...written,
      referenceTo: ['User', 'Group'],
      relationshipName: 'UserOrGroup',
    }),
    system('AccessLevel', 'picklist', 'String', { ...written, length: 40, picklist: picklist(ACCESS) }),
    system('RowCause', 'picklist', 'String', { ...written, length: 40, defaultValue: 'Manual' }),
    system('IsDeleted', 'boolean', 'Boolean', { defaultValue: false }),
    system('LastModifiedDate', 'datetime', 'Datetime'),
    system('LastModifiedById', 'reference', 'Id', { ...user, relationshipName: 'LastModifiedBy' }),
  ];
  const name = parent.name.replace(/__c$/i, '__Share');
  return {
    name,
    label: `Share: ${parent.label}`,
    pluralLabel: `Share: ${parent.label}`,
    keyPrefix: `s${(parent.keyPrefix ?? 'a00').slice(1)}`,
    kind: 'standard',
    settingType: null,
    publishBehavior: null,
    fields: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
    parents: new Map(
      fields
        .filter((field) => field.relationshipName !== null)
        .map((field) => [
          (field.relationshipName ?? '').toLowerCase(),
          { field, targets: field.referenceTo },
        ]),
    ),
    children: new Map(),
  };
}
