import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';

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

/** `2026-11-20T10:00:00.000+0000` for moments; decimals as numbers. */
export function valueJson(value: ApexValue): unknown {
  if (value instanceof ApexDatetime) return value.iso.replace('Z', '+0000');
  if (value instanceof ApexDate) return value.iso;
  if (value instanceof ApexTime) return value.toString();
  if (value instanceof ApexDecimal) return value.big.numberValue();
  if (value instanceof ApexDouble) return value.value;
  if (value instanceof ApexBlob) return value.bytes.toString('base64');
  return typeof value === 'bigint' ? Number(value) : value;
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

/** A record from a request's body. Throws RestError for a field there is not, or a value of the wrong type. */
export function recordFrom(
  object: ObjectSchema,
  body: unknown,
  findObject: (name: string) => ObjectSchema | undefined,
  isVisible: (object: ObjectSchema, field: FieldSchema) => boolean,
): ApexSObject {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RestError(400, 'JSON_PARSER_ERROR', 'A record is expected');
  const record = new ApexSObject(object);
  for (const [name, value] of Object.entries(body)) {
    if (name === 'attributes') continue;
    const field = object.fields.get(name.toLowerCase());
    const parent = object.parents.get(name.toLowerCase());
    if (!field && parent && typeof value === 'object' && value !== null) {
      const target = findObject(parent.targets[0] ?? '');
      if (target) record.parents.set(name.toLowerCase(), recordFrom(target, value, findObject, isVisible));
      continue;
    }
    if (!field || !isVisible(object, field))
      throw new RestError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    record.values.set(name.toLowerCase(), valueFrom(field, value));
  }
  return record;
}

function valueFrom(field: FieldSchema, value: unknown): ApexValue {
  if (value === null || value === undefined || value === '') return null;
  const type = field.apexType.kind === 'primitive' ? field.apexType.name : 'String';
  const refuse = (): never => {
    throw new RestError(
      400,
      'JSON_PARSER_ERROR',
      `Cannot deserialize instance of ${field.type} from ${typeof value} value ${JSON.stringify(value)}`,
      [field.name],
    );
  };
  const moment = (): number => {
    const time = Date.parse((typeof value === 'string' ? value : '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    return Number.isNaN(time) ? refuse() : time;
  };
  switch (type) {
    case 'Boolean':
      return typeof value === 'boolean'
        ? value
        : value === 'true' || value === 'false'
          ? value === 'true'
          : refuse();
    case 'Integer':
      return Number.isInteger(Number(value)) ? Number(value) : refuse();
    case 'Double':
      return Number.isFinite(Number(value)) ? new ApexDouble(Number(value)) : refuse();
    case 'Decimal':
      return (typeof value === 'number' || typeof value === 'string') && Number.isFinite(Number(value))
        ? ApexDecimal.of(String(value))
        : refuse();
    case 'Date':
      return new ApexDate(Math.floor(moment() / 86_400_000));
    case 'Datetime':
      return new ApexDatetime(moment());
    default:
      return typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'boolean'
          ? String(value)
          : refuse();
  }
}

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
