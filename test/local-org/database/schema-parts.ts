import { text, type Xml } from './metadata-xml.ts';
import type {
  ChildRelationship,
  FieldSchema,
  ObjectKind,
  ObjectSchema,
  ParentRelationship,
} from './schema.ts';
import { system } from './system-fields.ts';

/** An object while its metadata is read. */
export interface MutableObject extends ObjectSchema {
  readonly fields: Map<string, FieldSchema>;
  readonly parents: Map<string, ParentRelationship>;
  readonly children: Map<string, ChildRelationship>;
}

/** A geolocation is kept as two numbers: `Place__Latitude__s`, `Place__Longitude__s`. */
export function addCoordinates(object: MutableObject, field: FieldSchema): void {
  for (const part of ['Latitude', 'Longitude']) {
    const name = field.name.replace(/__c$/i, `__${part}__s`);
    const more = { createable: true, precision: 18, scale: 15, custom: true };
    object.fields.set(name.toLowerCase(), system(name, 'double', 'Double', more));
  }
}

export function append<T>(map: Map<string, T[]>, object: string, item: T): void {
  const key = object.toLowerCase();
  map.set(key, [...(map.get(key) ?? []), item]);
}

export function addParent(object: MutableObject, field: FieldSchema): void {
  if (field.relationshipName !== null)
    object.parents.set(field.relationshipName.toLowerCase(), { field, targets: field.referenceTo });
}

export function kindOf(name: string, xml: Xml): ObjectKind {
  if (name.endsWith('__e')) return 'event';
  if (name.endsWith('__mdt')) return 'metadataType';
  return text(xml, 'customSettingsType') === null ? 'custom' : 'setting';
}
