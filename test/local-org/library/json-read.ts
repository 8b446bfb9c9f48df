import { current } from '../execution/transaction.ts';
import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { platformException, throwPlatform } from '../values/exception.ts';
import { ApexEnum } from '../values/instance.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { typeName, type TypeRef } from '../values/type-ref.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { platformType } from '../language/types/platform-types.ts';
import { isBeanClass, newBean, propertyType } from './beans.ts';
import { findPlatformClass } from './registry.ts';
import { parseJson, type JsonValue } from './json-text.ts';

const OBJECT: TypeRef = { kind: 'primitive', name: 'Object' };
const STRING: TypeRef = { kind: 'primitive', name: 'String' };

/** Parses text, or throws the platform's JSONException. */
export function parse(text: string | null, type: TypeRef | null = null): JsonValue {
  const given = text ?? throwPlatform('System.NullPointerException', 'Argument cannot be null.');
  const result = parseJson(given);
  // A reader of a stream sees what a value begins with before it sees that the rest is broken.
  const isScalar = /^\s*[^\s[{]/.test(given);
  if (result.problem !== null && isScalar && (type?.kind === 'list' || type?.kind === 'set'))
    throwPlatform('System.JSONException', "Malformed JSON: Expected '[' at the beginning of List/Set");
  if (result.problem !== null) throw platformException('System.JSONException', result.problem);
  return result.value;
}

/** Untyped: objects are Map<String, Object>, lists List<Object>, whole numbers Integer or Long, others Decimal. */
export function untyped(value: JsonValue): ApexValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (isList(value)) return new ApexList(OBJECT, value.map(untyped));
  if ('number' in value) return numberOf(value.number);
  return new ApexMap(
    STRING,
    OBJECT,
    [...value.members].map(([key, each]) => [key, untyped(each)] as const),
  );
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

function numberOf(text: string): ApexValue {
  if (!/^-?\d+$/.test(text)) return ApexDecimal.of(text);
  const whole = BigInt(text);
  if (BigInt.asIntN(32, whole) === whole) return Number(whole);
  return BigInt.asIntN(64, whole) === whole ? whole : ApexDecimal.of(text);
}

/** A JSON value as a declared type. With strict, names that the type lacks are refused. */
export function typed(value: JsonValue, type: TypeRef, strict: boolean): ApexValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'primitive':
      return primitive(value, type.name);
    case 'list':
    case 'set': {
      if (!isList(value)) return refuse("Malformed JSON: Expected '[' at the beginning of List/Set");
      const items = value.map((each) => typed(each, type.element, strict));
      return type.kind === 'list' ? new ApexList(type.element, items) : new ApexSet(type.element, items);
    }
    case 'map':
      return new ApexMap(
        type.key,
        type.value,
        members(value, typeName(type)).map(([key, each]) => [key, typed(each, type.value, strict)] as const),
      );
    case 'sobject':
      return recordOf(value, type);
    case 'class':
      return instanceOf(value, type, strict);
    case 'platform':
      return platformObject(value, type, strict);
    default:
      return refuse(`Type unsupported in JSON: ${typeName(type)}`);
  }
}

function refuse(message: string): never {
  throw platformException('System.JSONException', message);
}

function members(value: JsonValue, wanted: string): [string, JsonValue][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || !('members' in value))
    return refuse(`Malformed JSON: Expected '{' at the beginning of object of type ${wanted}`);
  return [...value.members];
}

function primitive(value: JsonValue, name: string): ApexValue {
  if (name === 'Object') return refuse('Apex Type unsupported in JSON: Object');
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && 'number' in value) {
    const text = value.number;
    if (name === 'Integer')
      return /^-?\d+$/.test(text) ? Number(text) : refuse(`Can not deserialize value '${text}' as Integer`);
    if (name === 'Long')
      return /^-?\d+$/.test(text) ? BigInt(text) : refuse(`Illegal value for primitive: ${text}`);
    if (name === 'Double') return new ApexDouble(Number(text));
    if (name === 'Decimal') return ApexDecimal.of(text);
    if (name === 'String') return text;
    return refuse(`Illegal value for primitive: ${text}`);
  }
  if (typeof value === 'boolean')
    return name === 'Boolean'
      ? value
      : name === 'String'
        ? String(value)
        : refuse(`Illegal value for primitive: ${value}`);
  if (typeof value !== 'string') return refuse(`Illegal value for primitive ${name}`);
  switch (name) {
    case 'String':
    case 'Id':
      return value;
    case 'Date':
      return new ApexDate(Math.floor(moment(value.slice(0, 10)) / 86_400_000));
    case 'Datetime':
      return new ApexDatetime(moment(value));
    case 'Time':
      return new ApexTime(moment(`1970-01-01T${value}`));
    case 'Blob':
      return new ApexBlob(Buffer.from(value, 'base64'));
    case 'Decimal':
    case 'Double':
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))
        return refuse(`Illegal value for primitive: ${value}`);
      return name === 'Decimal' ? ApexDecimal.of(value) : new ApexDouble(Number(value));
    case 'Integer':
    case 'Long':
      if (!/^-?\d+$/.test(value)) return refuse(`Illegal value for primitive: ${value}`);
      return name === 'Integer' ? Number(value) : BigInt(value);
    case 'Boolean':
      return value === 'true' || value === 'false'
        ? value === 'true'
        : refuse(`Illegal value for primitive: ${value}`);
    default:
      return refuse(`Illegal value for primitive ${name}`);
  }
}

export function moment(text: string): number {
  const time = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? refuse(`Unparseable date: "${text}"`) : time;
}

function recordOf(value: JsonValue, type: TypeRef & { kind: 'sobject' }): ApexSObject {
  const entries = members(value, typeName(type));
  const attributes = entries.find(([key]) => key === 'attributes')?.[1];
  const named =
    typeof attributes === 'object' &&
    attributes !== null &&
    !Array.isArray(attributes) &&
    'members' in attributes
      ? attributes.members.get('type')
      : undefined;
  const { schema } = current().org;
  const objectSchema = schema.object(type.name ?? (typeof named === 'string' ? named : ''));
  if (!objectSchema) return refuse('No type in attributes of SObject');
  const [own, ...more] = entries;
  // A record may stand alone under its object's name.
  if (own?.[0].toLowerCase() === objectSchema.name.toLowerCase() && more.length === 0)
    return recordOf(own[1], type);
  const result = new ApexSObject(objectSchema);
  for (const [key, each] of entries) {
    if (key === 'attributes') continue;
    const field = objectSchema.fields.get(key.toLowerCase());
    const parent = objectSchema.parents.get(key.toLowerCase());
    const child = objectSchema.children.get(key.toLowerCase());
    if (field) result.values.set(key.toLowerCase(), typed(each, field.apexType, false));
    else if (parent && each !== null)
      result.parents.set(
        key.toLowerCase(),
        recordOf(each, { kind: 'sobject', name: parent.targets[0] ?? null }),
      );
    else if (
      child &&
      each !== null &&
      typeof each === 'object' &&
      !Array.isArray(each) &&
      'members' in each
    ) {
      const element: TypeRef & { kind: 'sobject' } = { kind: 'sobject', name: child.childObject };
      result.children.set(
        key.toLowerCase(),
        typed(each.members.get('records') ?? [], { kind: 'list', element }, false) as ApexList,
      );
    } else if (!parent) refuse(`No such column '${key}' on sobject of type ${objectSchema.name}`);
  }
  return result;
}

/** An object of a platform class that only holds values; a UUID, an enum's constant, an object's token by its text. */
function platformObject(value: JsonValue, type: TypeRef & { kind: 'platform' }, strict: boolean): ApexValue {
  if (typeof value === 'string') {
    if (type.name === 'Schema.SObjectType') return current().org.objectToken(value);
    const parsed = findPlatformClass(type.name)?.statics?.['fromString/1']?.(value);
    if (parsed !== undefined) return parsed;
    if (platformType(type.name)?.kind === 'enum') return platformEnum(type.name, value);
  }
  // Reading the class registers it, where it is one that only holds values.
  findPlatformClass(type.name);
  if (!isBeanClass(type.name)) return refuse(`Type unsupported in JSON: ${typeName(type)}`);
  const bean = newBean(type.name);
  for (const [key, each] of members(value, type.name)) {
    const property = propertyType(type.name, key);
    if (property) bean.set(key, typed(each, property, strict));
    else if (strict) refuse(`Unknown field: ${type.name}.${key}`);
  }
  return bean;
}

function instanceOf(value: JsonValue, type: TypeRef & { kind: 'class' }, strict: boolean): ApexValue {
  const info = current().org.program.classes.get(type.name.toLowerCase());
  if (!info) return refuse(`Type unsupported in JSON: ${type.name}`);
  if (info.kind === 'enum')
    return (
      info.enumValues.find((each) => each instanceof ApexEnum && each.name === value) ??
      refuse(`No enum constant ${type.name}.${typeof value === 'string' ? value : ''}`)
    );
  if (info.kind === 'interface') return refuse(`Cannot deserialize JSON as abstract type: ${type.name}`);
  const result = info.allocate();
  const fields = new Map(
    info.fields.filter((field) => !field.isStatic).map((field) => [field.name.toLowerCase(), field]),
  );
  for (const [key, each] of members(value, type.name)) {
    const field = fields.get(key.toLowerCase());
    if (field) field.set(result, typed(each, field.type, strict));
    else if (strict) refuse(`Unknown field: ${type.name}.${key}`);
  }
  return result;
}
