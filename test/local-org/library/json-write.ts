import { ApexList, ApexMap, ApexSet } from '../values/collections.ts';
import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { platformException } from '../values/exception.ts';
import { ApexEnum, isSourceObject } from '../values/instance.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexReference, ApexValue, ClassInfo } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { apexToString } from '../values/text.ts';
import { typeName } from '../values/type-ref.ts';

interface Style {
  readonly suppressNulls: boolean;
  /** Members of a class without this annotation are left out. */
  readonly annotated: string | null;
}

/**
 * A value as JSON text, as JSON.serialize writes it; with `annotated`, as a component gets it, which is sent members with
 * that annotation only. Members come in the order of their declaration.
 */
export function serialize(
  value: ApexValue,
  options: { suppressNulls?: boolean; pretty?: boolean; annotated?: string } = {},
): string {
  const { suppressNulls = false, annotated = null } = options;
  // A field's token is refused alone, and written by its name inside of something else.
  if (isFieldToken(value))
    throw platformException('System.JSONException', 'Type unsupported in JSON: Schema.SObjectField');
  const text = write(value, { suppressNulls, annotated });
  return options.pretty === true ? indented(text) : text;
}

function isFieldToken(value: ApexValue): boolean {
  const type = typeof value === 'object' ? value?.$type : undefined;
  return type?.kind === 'platform' && type.name === 'Schema.SObjectField';
}

function write(value: ApexValue, style: Style): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof ApexDecimal || value instanceof ApexDouble) return value.toString();
  if (value instanceof ApexDate || value instanceof ApexDatetime) return JSON.stringify(value.iso);
  if (value instanceof ApexTime) return JSON.stringify(value.toString());
  if (value instanceof ApexBlob) return JSON.stringify(value.bytes.toString('base64'));
  if (value instanceof ApexEnum) return JSON.stringify(value.name);
  if (value instanceof ApexList || value instanceof ApexSet)
    return `[${[...value].map((item) => write(item, style)).join(',')}]`;
  if (value instanceof ApexMap)
    return object(
      [...value].map(([key, item]) => [apexToString(key), item]),
      style,
    );
  if (value instanceof ApexSObject) return record(value, style);
  if (isSourceObject(value)) return instance(value, value.$class, style);
  if ('toJson' in value && typeof value.toJson === 'function')
    return write((value.toJson as () => ApexValue)(), style);
  throw platformException('System.JSONException', `Type unsupported in JSON: ${typeName(value.$type)}`);
}

function object(entries: readonly (readonly [string, ApexValue])[], style: Style): string {
  return `{${entries
    .filter(([, value]) => !style.suppressNulls || value !== null)
    .map(([key, value]) => `${JSON.stringify(key)}:${write(value, style)}`)
    .join(',')}}`;
}

function instance(value: ApexReference, info: ClassInfo, style: Style): string {
  const fields = info.fields.filter(
    (field) =>
      !field.isStatic &&
      !field.isTransient &&
      (style.annotated === null || field.annotations.has(style.annotated)),
  );
  return object(
    fields.map((field) => [field.name, field.get(value)] as const),
    style,
  );
}

function record(value: ApexSObject, style: Style): string {
  const url =
    value.id === null ? {} : { url: `/services/data/v65.0/sobjects/${value.schema.name}/${value.id}` };
  const parts = [`"attributes":${JSON.stringify({ type: value.schema.name, ...url })}`];
  for (const [key, each] of value.values) {
    if (each === null && style.suppressNulls) continue;
    const text =
      each instanceof ApexDatetime ? JSON.stringify(each.iso.replace('Z', '+0000')) : write(each, style);
    parts.push(`${JSON.stringify(value.schema.fields.get(key)?.name ?? key)}:${text}`);
  }
  for (const [key, parent] of value.parents) {
    const field = value.schema.parents.get(key)?.field.relationshipName ?? key;
    if (parent) parts.push(`${JSON.stringify(field)}:${write(parent, style)}`);
  }
  for (const [key, list] of value.children) {
    const name = value.schema.children.get(key)?.name ?? key;
    parts.push(
      `${JSON.stringify(name)}:{"totalSize":${list.items.length},"done":true,"records":${write(list, style)}}`,
    );
  }
  return `{${parts.join(',')}}`;
}

/** Jackson's pretty printer: two spaces, ` : ` between name and value, lists on one line. */
export function indented(text: string): string {
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
