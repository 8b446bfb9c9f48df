import type { FieldSchema, ObjectSchema } from '../../database/schema.ts';
import type { TypeRef } from '../../values/type-ref.ts';
import type { Compiled, Scope } from './context.ts';

const SOBJECT_TYPE: TypeRef = { kind: 'platform', name: 'Schema.SObjectType', arguments: [] };
const SOBJECT_FIELD: TypeRef = { kind: 'platform', name: 'Schema.SObjectField', arguments: [] };
const DESCRIBE_OBJECT: TypeRef = { kind: 'platform', name: 'Schema.DescribeSObjectResult', arguments: [] };
const DESCRIBE_FIELD: TypeRef = { kind: 'platform', name: 'Schema.DescribeFieldResult', arguments: [] };
const FIELD_SET: TypeRef = { kind: 'platform', name: 'Schema.FieldSet', arguments: [] };
export const PAGE_REFERENCE: TypeRef = { kind: 'platform', name: 'System.PageReference', arguments: [] };

const text = (value: string): string => JSON.stringify(value);

/**
 * Tokens and describes reached by names alone: `Contact.fields.Email`, `Contact.SObjectType.fields.Email`,
 * `SObjectType.Contact`, `SObjectType.Contact.fields.Email`, each with or without `Schema.` in front.
 */
export function describeTokens(scope: Scope, chain: readonly string[]): Compiled | undefined {
  const names = chain[0]?.toLowerCase() === 'schema' ? chain.slice(1) : [...chain];
  const lower = names.map((name) => name.toLowerCase());
  if (lower[0] === 'sobjecttype') return describes(scope, names.slice(1));
  const object = scope.unit.program.schema.object(names[0] ?? '');
  const last = names.at(-1) ?? '';
  const between = lower.slice(1, -1).join('.');
  // `X__Share.RowCause.Manual` is the reason's name.
  if (object && between === 'rowcause' && /share$/i.test(object.name))
    return { js: text(last), type: { kind: 'primitive', name: 'String' } };
  if (!object || (between !== 'fields' && between !== 'sobjecttype.fields')) return undefined;
  const field = object.fields.get(last.toLowerCase());
  return field && fieldToken(object, field);
}

/** What follows `SObjectType.`. */
function describes(scope: Scope, names: readonly string[]): Compiled | undefined {
  const { schema } = scope.unit.program;
  const object = schema.object(names[0] ?? '');
  if (!object) return undefined;
  if (names.length === 1)
    return { js: `$.objectToken(${text(object.name)}).getDescribe()`, type: DESCRIBE_OBJECT };
  if (names.length !== 3) return undefined;
  const wanted = (names[2] ?? '').toLowerCase();
  if (names[1]?.toLowerCase() === 'fields') {
    const field = object.fields.get(wanted);
    return field && { js: `${fieldToken(object, field).js}.getDescribe()`, type: DESCRIBE_FIELD };
  }
  if (names[1]?.toLowerCase() !== 'fieldsets') return undefined;
  const set = schema.fieldSets(object.name).find((each) => each.name.toLowerCase() === wanted);
  return set && { js: `$.fieldSet(${text(object.name)}, ${text(set.name)})`, type: FIELD_SET };
}

function fieldToken(object: ObjectSchema, field: FieldSchema): Compiled {
  return { js: `$.fieldToken(${text(object.name)}, ${text(field.name)})`, type: SOBJECT_FIELD };
}

/** `Contact.SObjectType` and `Contact.getSObjectType()`. */
export function typeToken(object: ObjectSchema): Compiled {
  return { js: `$.objectToken(${text(object.name)})`, type: SOBJECT_TYPE };
}

/** `Contact.SObjectType`, `Contact.Email`. */
export function objectToken(object: ObjectSchema, name: string): Compiled | undefined {
  if (name.toLowerCase() === 'sobjecttype') return typeToken(object);
  const field = object.fields.get(name.toLowerCase());
  return field && fieldToken(object, field);
}
