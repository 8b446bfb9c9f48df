import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { platformException, throwNull } from '../values/exception.ts';
import { ApexEnum, isSourceObject } from '../values/instance.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexReference, ApexValue, ClassInfo } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { apexToString } from '../values/text.ts';
import { typeName, type TypeRef } from '../values/type-ref.ts';
import { current } from '../execution/transaction.ts';
import { platformClass } from './registry.ts';
import { parseJson, type JsonValue } from './json-text.ts';

const OBJECT: TypeRef = { kind: 'primitive', name: 'Object' };
const STRING: TypeRef = { kind: 'primitive', name: 'String' };

/** A value as JSON text, as JSON.serialize writes it. Members come in the order of their declaration. */
export function serialize(
  value: ApexValue,
  options: { suppressNulls?: boolean; pretty?: boolean } = {},
): string {
  const suppress = options.suppressNulls ?? false;
  const text = write(value, suppress);
  return options.pretty === true ? indented(text) : text;
}

function write(value: ApexValue, suppress: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof ApexDecimal || value instanceof ApexDouble) return value.toString();
  if (value instanceof ApexDate || value instanceof ApexDatetime) return JSON.stringify(value.iso);
  if (value instanceof ApexTime) return JSON.stringify(value.toString());
  if (value instanceof ApexBlob) return JSON.stringify(value.bytes.toString('base64'));
  if (value instanceof ApexEnum) return JSON.stringify(value.name);
  if (value instanceof ApexList || value instanceof ApexSet)
    return `[${[...value].map((item) => write(item, suppress)).join(',')}]`;
  if (value instanceof ApexMap)
    return object(
      [...value].map(([key, item]) => [apexToString(key), item]),
      suppress,
    );
  if (value instanceof ApexSObject) return record(value, suppress);
  if (isSourceObject(value)) return instance(value, value.$class, suppress);
  if ('toJson' in value && typeof value.toJson === 'function')
    return write((value.toJson as () => ApexValue)(), suppress);
  throw platformException('System.JSONException', `Type unsupported in JSON: ${typeName(value.$type)}`);
}

function object(entries: readonly (readonly [string, ApexValue])[], suppress: boolean): string {
  return `{${entries
    .filter(([, value]) => !suppress || value !== null)
    .map(([key, value]) => `${JSON.stringify(key)}:${write(value, suppress)}`)
    .join(',')}}`;
}

function instance(value: ApexReference, info: ClassInfo, suppress: boolean): string {
  const fields = info.fields.filter((field) => !field.isStatic && !field.isTransient);
  return object(
    fields.map((field) => [field.name, field.get(value)] as const),
    suppress,
  );
}

function record(value: ApexSObject, suppress: boolean): string {
  const url =
    value.id === null ? {} : { url: `/services/data/v65.0/sobjects/${value.schema.name}/${value.id}` };
  const parts = [`"attributes":${JSON.stringify({ type: value.schema.name, ...url })}`];
  for (const [key, each] of value.values) {
    if (each === null && suppress) continue;
    const text =
      each instanceof ApexDatetime ? JSON.stringify(each.iso.replace('Z', '+0000')) : write(each, suppress);
    parts.push(`${JSON.stringify(value.schema.fields.get(key)?.name ?? key)}:${text}`);
  }
  for (const [key, parent] of value.parents) {
    const field = value.schema.parents.get(key)?.field.relationshipName ?? key;
    if (parent) parts.push(`${JSON.stringify(field)}:${write(parent, suppress)}`);
  }
  for (const [key, list] of value.children) {
    const name = value.schema.children.get(key)?.name ?? key;
    parts.push(
      `${JSON.stringify(name)}:{"totalSize":${list.items.length},"done":true,"records":${write(list, suppress)}}`,
    );
  }
  return `{${parts.join(',')}}`;
}

/** Jackson's pretty printer: two spaces, ` : ` between name and value, lists on one line. */
function indented(text: string): string {
  let result = '';
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (inString) {
      result += character;
      if (character === '\\') result += text[++index] ?? '';
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    if (character === '{') {
      depth += 1;
      result += text[index + 1] === '}' ? '{ ' : `{\n${'  '.repeat(depth)}`;
    } else if (character === '}') {
      depth -= 1;
      result += text[index - 1] === '{' ? '}' : `\n${'  '.repeat(depth)}}`;
    } else if (character === ',') result += `,${isInList(text, index) ? ' ' : `\n${'  '.repeat(depth)}`}`;
    else if (character === ':') result += ' : ';
    else if (character === '[') result += '[ ';
    else if (character === ']') result += ' ]';
    else result += character;
  }
  return result;
}

function isInList(text: string, at: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = at - 1; index >= 0; index--) {
    const character = text[index];
    if (character === '"' && text[index - 1] !== '\\') inString = !inString;
    if (inString) continue;
    if (character === '}' || character === ']') depth += 1;
    if (character === '{' || character === '[') {
      if (depth === 0) return character === '[';
      depth -= 1;
    }
  }
  return false;
}

function parse(text: string | null): JsonValue {
  const result = parseJson(text ?? throwNull());
  if (result.problem !== null) throw platformException('System.JSONException', result.problem);
  return result.value;
}

/** Untyped: objects are Map<String, Object>, lists List<Object>, whole numbers Integer or Long, others Decimal. */
function untyped(value: JsonValue): ApexValue {
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

function typed(value: JsonValue, type: TypeRef, strict: boolean): ApexValue {
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

function moment(text: string): number {
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

/** What a System.Type stands for. */
export function describedType(type: ApexValue): TypeRef {
  if (typeof type === 'object' && type !== null && 'described' in type) return type.described as TypeRef;
  return throwNull();
}

platformClass({
  name: 'System.JSON',
  statics: {
    'serialize/1': (value: ApexValue) => serialize(value),
    'serialize/2': (value: ApexValue, suppressNulls: boolean) => serialize(value, { suppressNulls }),
    'serializePretty/1': (value: ApexValue) => serialize(value, { pretty: true }),
    'serializePretty/2': (value: ApexValue, suppressNulls: boolean) =>
      serialize(value, { suppressNulls, pretty: true }),
    'deserialize/2': (text: string | null, type: ApexValue) => typed(parse(text), describedType(type), false),
    'deserializeStrict/2': (text: string | null, type: ApexValue) =>
      typed(parse(text), describedType(type), true),
    'deserializeUntyped/1': (text: string | null) => untyped(parse(text)),
  },
});
