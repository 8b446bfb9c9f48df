import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import { JsonNumber, numberField } from './json-numbers.ts';
import { valueFrom } from './json-values.ts';

/** A record as the REST API answers it, `attributes` first. */
export function recordJson(record: ApexSObject, version: string): Record<string, unknown> {
  const json: Record<string, unknown> = { attributes: attributes(record, version) };
  for (const [key, value] of record.values) {
    const name = record.schema.fields.get(key)?.name ?? key;
    if (name === 'Id' && record.schema.name === 'AggregateResult') continue;
    json[name] = valueJson(value);
  }
  for (const [key, parent] of record.parents) {
    json[record.schema.parents.get(key)?.field.relationshipName ?? key] = parent
      ? recordJson(parent, version)
      : null;
  }
  for (const [key, list] of record.children) {
    const records = list.items.map((item) =>
      item instanceof ApexSObject ? recordJson(item, version) : null,
    );
    json[record.schema.children.get(key)?.name ?? key] =
      records.length === 0 ? null : { totalSize: records.length, done: true, records };
  }
  return json;
}

function attributes(record: ApexSObject, version: string): Record<string, string> {
  if (record.id === null) return { type: record.schema.name };
  return {
    type: record.schema.name,
    url: `/services/data/${version}/sobjects/${record.schema.name}/${record.id}`,
  };
}

/** `2026-11-20T10:00:00.000+0000` for moments; numbers with all of their digits. */
export function valueJson(value: ApexValue): unknown {
  if (value instanceof ApexDatetime) return value.iso.replace('Z', '+0000');
  if (value instanceof ApexDate) return value.iso;
  if (value instanceof ApexTime) return value.toString();
  if (value instanceof ApexDecimal) return numberField(value.big);
  if (value instanceof ApexDouble) return new JsonNumber(value.toString());
  if (value instanceof ApexBlob) return value.bytes.toString('base64');
  return typeof value === 'bigint' ? new JsonNumber(String(value)) : value;
}

/** A problem with a request, in the shape of Salesforce's errors. */
export class RestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly string[];
  constructor(status: number, code: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** What a record of a request's body is read with. */
export interface RecordReader {
  findObject(name: string): ObjectSchema | undefined;
  isVisible(object: ObjectSchema, field: FieldSchema): boolean;
  /** The body as it came. */
  readonly text: string;
}

/** A record from a request's body. Throws RestError for a field there is not, or a value of the wrong type. */
export function recordFrom(object: ObjectSchema, body: unknown, reader: RecordReader): ApexSObject {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RestError(400, 'JSON_PARSER_ERROR', 'A record is expected');
  const record = new ApexSObject(object);
  for (const [name, value] of Object.entries(body)) {
    if (name === 'attributes') continue;
    const field = object.fields.get(name.toLowerCase());
    const parent = object.parents.get(name.toLowerCase());
    if (!field && parent && typeof value === 'object' && value !== null) {
      const target = reader.findObject(parent.targets[0] ?? '');
      if (target) record.parents.set(name.toLowerCase(), recordFrom(target, value, reader));
      continue;
    }
    if (!field || !reader.isVisible(object, field))
      throw new RestError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    record.values.set(name.toLowerCase(), valueFrom(field, value, reader.text, refuseValue));
  }
  return record;
}

const refuseValue = (message: string): never => {
  throw new RestError(400, 'JSON_PARSER_ERROR', message);
};

/** A failure of Apex as an answer of the API. */
export function asRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof Error && 'typeName' in error) {
    const { typeName, message } = error as unknown as { typeName: string; message: string };
    const text = 'text' in error ? String(error.text) : message;
    if (typeName === 'System.QueryException')
      return new RestError(
        400,
        text.startsWith('No such column')
          ? 'INVALID_FIELD'
          : text.startsWith('sObject type')
            ? 'INVALID_TYPE'
            : 'MALFORMED_QUERY',
        text,
      );
    if (typeName === 'System.StringException' && text.startsWith('Invalid id'))
      return new RestError(400, 'MALFORMED_ID', text);
    return new RestError(500, 'UNKNOWN_EXCEPTION', `${typeName}: ${text}`);
  }
  return new RestError(500, 'UNKNOWN_EXCEPTION', error instanceof Error ? error.message : String(error));
}
