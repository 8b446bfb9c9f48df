import type { PrimitiveName, TypeRef } from '../values/type-ref.ts';
import { componentName, list, MetadataError, text, type Xml } from './metadata-xml.ts';
import type { FieldSchema, FieldType, RollUpSchema } from './schema.ts';

const TYPES: Readonly<Record<string, readonly [FieldType, PrimitiveName]>> = {
  AutoNumber: ['string', 'String'],
  Checkbox: ['boolean', 'Boolean'],
  Currency: ['currency', 'Decimal'],
  Date: ['date', 'Date'],
  DateTime: ['datetime', 'Datetime'],
  Email: ['email', 'String'],
  EncryptedText: ['encryptedstring', 'String'],
  Hierarchy: ['reference', 'Id'],
  Html: ['textarea', 'String'],
  LongTextArea: ['textarea', 'String'],
  Lookup: ['reference', 'Id'],
  MasterDetail: ['reference', 'Id'],
  MultiselectPicklist: ['multipicklist', 'String'],
  Number: ['double', 'Decimal'],
  Percent: ['percent', 'Decimal'],
  Phone: ['phone', 'String'],
  Picklist: ['picklist', 'String'],
  Text: ['string', 'String'],
  TextArea: ['textarea', 'String'],
  Time: ['time', 'Time'],
  Url: ['url', 'String'],
  Location: ['location', 'Object'],
  MetadataRelationship: ['reference', 'Id'],
  Summary: ['double', 'Decimal'],
};

/** A field of source metadata. Throws MetadataError for a type the local org has not. */
export function customField(file: string, xml: Xml, valueSets: ValueSets): FieldSchema {
  const name = text(xml, 'fullName') ?? componentName(file);
  const written = text(xml, 'type') ?? '';
  const types = TYPES[written];
  if (!types)
    throw new MetadataError(file, `fields of type ${written} are not supported by the local org`, true);
  const [type, apex] = types;
  const formula = text(xml, 'formula');
  const defaultText = text(xml, 'defaultValue');
  const isMaster = written === 'MasterDetail';
  const isRequired = text(xml, 'required') === 'true' || isMaster;
  const isReadOnly = formula !== null || written === 'AutoNumber' || written === 'Summary';
  // A relationship to the definition of an object or a field holds its name.
  const target = text(xml, 'referenceTo') ?? (written === 'Hierarchy' ? 'User' : null);
  const apexType: TypeRef = {
    kind: 'primitive',
    name: written === 'MetadataRelationship' && !(target ?? '').endsWith('__mdt') ? 'String' : apex,
  };
  return {
    name,
    label: text(xml, 'label') ?? name,
    type,
    apexType,
    length: Number(
      text(xml, 'length') ??
        (type === 'reference'
          ? 18
          : type === 'email'
            ? 80
            : type === 'phone'
              ? 40
              : apex === 'String'
                ? 255
                : 0),
    ),
    precision: Number(text(xml, 'precision') ?? 0),
    scale: Number(text(xml, 'scale') ?? 0),
    nillable: !isRequired && type !== 'boolean',
    createable: !isReadOnly,
    updateable: !isReadOnly && !(isMaster && text(xml, 'reparentableMasterDetail') !== 'true'),
    filterable: type !== 'textarea' || written === 'TextArea',
    sortable: written !== 'LongTextArea' && written !== 'Html' && type !== 'multipicklist',
    calculated: formula !== null || written === 'Summary',
    autoNumber: written === 'AutoNumber',
    externalId: text(xml, 'externalId') === 'true',
    unique: text(xml, 'unique') === 'true',
    caseSensitive: text(xml, 'caseSensitive') === 'true',
    custom: true,
    defaultValue: written === 'AutoNumber' ? text(xml, 'displayFormat') : literalDefault(type, defaultText),
    defaultFormula: written === 'AutoNumber' ? null : formulaDefault(type, defaultText),
    formula,
    picklist: picklistOf(xml, valueSets),
    restrictedPicklist: text((xml.valueSet ?? {}) as Xml, 'restricted') === 'true',
    referenceTo: target === null ? [] : [target],
    relationshipName: target === null ? null : name.replace(/__c$/i, '__r'),
    masterDetail: isMaster,
    deleteConstraint: isMaster
      ? 'Cascade'
      : (text(xml, 'deleteConstraint') as FieldSchema['deleteConstraint']),
  };
}

const isNumeric = (type: FieldType): boolean => ['double', 'currency', 'percent', 'integer'].includes(type);
const isQuoted = (written: string): boolean => /^"[^"]*"$|^'[^']*'$/s.test(written);

/** Defaults are formulas on the platform; a literal is read at once. */
function literalDefault(type: FieldType, written: string | null): unknown {
  if (type === 'boolean') return written === 'true';
  if (written === null) return null;
  if (isNumeric(type)) return /^-?\d+(?:\.\d+)?$/.test(written) ? Number(written) : null;
  return isQuoted(written) ? written.slice(1, -1) : null;
}

/** A default that has to be worked out for each record. */
function formulaDefault(type: FieldType, written: string | null): string | null {
  if (written === null || type === 'boolean') return null;
  return literalDefault(type, written) === null ? written : null;
}

/** Picklist values that several fields share, by lower-case name. */
export type ValueSets = ReadonlyMap<string, FieldSchema['picklist']>;

function picklistOf(xml: Xml, valueSets: ValueSets): FieldSchema['picklist'] {
  const valueSet = (xml.valueSet ?? {}) as Xml;
  const shared = text(valueSet, 'valueSetName');
  if (shared !== null) return valueSets.get(shared.toLowerCase()) ?? [];
  // `picklist` is how metadata before version 38 writes it.
  const definition = valueSet.valueSetDefinition ?? xml.picklist;
  if (typeof definition !== 'object' || definition === null) return [];
  const values = [...list(definition as Xml, 'value'), ...list(definition as Xml, 'picklistValues')];
  return picklistValues(values);
}

export function picklistValues(values: readonly Xml[]): FieldSchema['picklist'] {
  return values.map((value) => ({
    value: text(value, 'fullName') ?? '',
    label: text(value, 'label') ?? text(value, 'fullName') ?? '',
    isDefault: text(value, 'default') === 'true',
    active: text(value, 'isActive') !== 'false',
  }));
}

const OPERATIONS = new Map<string, RollUpSchema['operation']>([
  ['count', 'count'],
  ['sum', 'sum'],
  ['min', 'min'],
  ['max', 'max'],
]);

/** What a roll-up summary field works out, or null for any other field. */
export function rollUpOf(field: string, xml: Xml): RollUpSchema | null {
  const operation = OPERATIONS.get(text(xml, 'summaryOperation') ?? '');
  const foreignKey = text(xml, 'summaryForeignKey');
  if (operation === undefined || foreignKey === null) return null;
  const [childObject = '', key = ''] = foreignKey.split('.');
  return {
    field,
    operation,
    childObject,
    foreignKey: key,
    summarized: text(xml, 'summarizedField')?.split('.').at(-1) ?? null,
    filters: list(xml, 'summaryFilterItems').map((item) => ({
      field: (text(item, 'field') ?? '').split('.').at(-1) ?? '',
      operation: text(item, 'operation') ?? 'equals',
      value: text(item, 'value') ?? '',
    })),
  };
}
