import { fieldText } from './database/field-text.ts';
import { metadataTypeOf } from './database/field-type-names.ts';
import { ApexDatetime } from './values/dates.ts';
import type { ApexValue } from './values/object.ts';
import type { LocalOrg } from './org.ts';
import { durableId } from './trigger-records.ts';

/** Puts a row into an org's store as it is, and answers its Id. */
export type Put = (object: string, values: Readonly<Record<string, ApexValue>>) => string;

export function putInto(org: LocalOrg): Put {
  return (object, values) => {
    const schema = org.schema.object(object);
    if (!schema) throw new Error(`${object} is missing from the schema.`);
    const id = typeof values.id === 'string' ? values.id : org.store.newId(schema);
    const now = new ApexDatetime(org.now()).stored;
    org.store.put(
      object,
      id,
      new Map<string, ApexValue>([
        ['isdeleted', false],
        ['createddate', now],
        ['lastmodifieddate', now],
        ['systemmodstamp', now],
        ...Object.entries(values),
        ['id', id],
      ]),
    );
    return id;
  };
}

/** Custom metadata records; those that name another one by its DeveloperName point at it once all are there. */
export function seedCustomMetadata(org: LocalOrg, put: Put): void {
  const ids = new Map<string, string>();
  const made = org.schema.customMetadata.flatMap((record) => {
    const object = org.schema.object(record.object);
    if (!object) return [];
    const id = put(object.name, {
      developername: record.developerName,
      masterlabel: record.label,
      label: record.label,
      qualifiedapiname: record.developerName,
      language: 'en_US',
      isprotected: record.isProtected,
    });
    ids.set(`${object.name}.${record.developerName}`.toLowerCase(), id);
    return [{ record, object, id }];
  });
  for (const { record, object, id } of made) {
    const values = new Map(org.store.get(object.name, id));
    for (const field of object.fields.values())
      if (field.custom) values.set(field.name.toLowerCase(), org.defaultOf(field));
    for (const [name, text] of record.values) {
      const field = object.fields.get(name.toLowerCase());
      const [target] = field?.referenceTo ?? [];
      if (!field || text === null) continue;
      if (target?.endsWith('__mdt'))
        values.set(name.toLowerCase(), ids.get(`${target}.${text}`.toLowerCase()) ?? null);
      else values.set(name.toLowerCase(), fieldText(field, text));
      if (target === 'EntityDefinition') seedEntity(org, put, text);
      if (target === 'FieldDefinition')
        values.set(name.toLowerCase(), seedNamedField(org, put, text, record.values.values()));
    }
    org.store.put(object.name, id, values);
  }
}

/** An object's definition, whose id is the object's name. */
export function seedEntity(org: LocalOrg, put: Put, name: string): void {
  const object = org.schema.object(name);
  if (object && !org.store.get('EntityDefinition', object.name))
    put('EntityDefinition', {
      id: object.name,
      durableid: durableId(org, object.name),
      qualifiedapiname: object.name,
      developername: object.name.replace(/__\w+$/, ''),
      label: object.label,
      masterlabel: object.label,
      pluralLabel: object.pluralLabel,
      keyprefix: object.keyPrefix,
      iscustomsetting: object.kind === 'setting',
      isqueryable: true,
    });
}

/** The definitions of an object and of its fields; a field's id is `Object.Field`. */
export function seedFields(org: LocalOrg, put: Put, name: string): void {
  const object = org.schema.object(name);
  if (!object) return;
  seedEntity(org, put, object.name);
  for (const field of object.fields.values()) {
    const id = `${object.name}.${field.name}`;
    if (org.store.get('FieldDefinition', id)) continue;
    put('FieldDefinition', {
      id,
      durableid: id,
      qualifiedapiname: field.name,
      developername: field.name.replace(/__\w+$/, ''),
      label: field.label,
      masterlabel: field.label,
      datatype: metadataTypeOf(org.schema, field),
      entitydefinitionid: object.name,
      length: field.length,
      precision: field.precision,
      scale: field.scale,
      isnillable: field.nillable,
      iscalculated: field.calculated,
      isindexed: field.externalId || field.unique,
      relationshipname: field.relationshipName,
    });
  }
}

/** A field that custom metadata names by its name alone: of one of the objects that the same record names. */
function seedNamedField(
  org: LocalOrg,
  put: Put,
  name: string,
  others: Iterable<string | null>,
): string | null {
  for (const other of others) {
    const object = other === null || other === name ? undefined : org.schema.object(other);
    const field = object?.fields.get(name.toLowerCase());
    if (!object || !field) continue;
    seedFields(org, put, object.name);
    return `${object.name}.${field.name}`;
  }
  return name;
}
