import { fieldValue } from '../database/soql/run.ts';
import type { DmlOperation, RowResult } from '../execution/dml.ts';
import { mayUseField } from '../execution/permissions.ts';
import { to18 } from '../values/ids.ts';
import { ApexSObject } from '../values/sobject.ts';
import { recordJson, RestError } from './json-records.ts';
import { bodyRecord } from './record-resources.ts';
import { objectFor, type ResourceContext, type RestAnswer, type RestRequest } from './resource.ts';
import { saveRecords } from './save-records.ts';

/** Records that a collections call takes, and how often their objects may change from one to the next. */
const COLLECTION = 200;
const SWITCHES = 10;

function refuseTooMany(count: number, switches: number): void {
  if (count > COLLECTION)
    throw new RestError(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${COLLECTION} records in this call`,
    );
  if (switches >= SWITCHES)
    throw new RestError(
      400,
      'LIMIT_EXCEEDED',
      `The chunks of different types of objects in a request are more than ${SWITCHES}. Group your records by object type.`,
    );
}

function changes(objects: readonly unknown[]): number {
  return objects.filter((object, index) => index > 0 && object !== objects[index - 1]).length;
}

function bodyRecords(request: RestRequest): { list: readonly unknown[]; allOrNone: boolean } {
  const body = request.body as { allOrNone?: unknown; records?: unknown } | undefined;
  if (!Array.isArray(body?.records)) throw new RestError(400, 'JSON_PARSER_ERROR', 'records is expected');
  const list: readonly unknown[] = body.records;
  refuseTooMany(list.length, 0);
  return { list, allOrNone: body.allOrNone === true };
}

function typeOf(record: unknown): string {
  const type = (record as { attributes?: { type?: unknown } } | null)?.attributes?.type;
  if (typeof type !== 'string')
    throw new RestError(400, 'INVALID_TYPE', 'attributes.type is missing from a record');
  return type;
}

function savedRows(
  request: RestRequest,
  operation: DmlOperation,
  records: readonly ApexSObject[],
  allOrNone: boolean,
  externalId: string | null = null,
): RowResult[] {
  const refusals = request.host.faults.forRows(request.nature, records.length);
  return saveRecords(request, operation, records, { allOrNone, externalId, refusals });
}

/** sObject Collections: up to 200 records of any objects, saved together. */
export function collection({ request }: ResourceContext, operation: 'insert' | 'update'): RestAnswer {
  const { list, allOrNone } = bodyRecords(request);
  const types = list.map(typeOf);
  refuseTooMany(list.length, changes(types));
  const records = list.map((each, index) =>
    bodyRecord(request, objectFor(request, types[index] ?? ''), each),
  );
  return { status: 200, body: savedRows(request, operation, records, allOrNone).map(collectionRow) };
}

export function deleteCollection({ org, request }: ResourceContext): RestAnswer {
  const ids = (request.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  const objects = ids.map((id) => {
    const object = org.schema.objectByPrefix(id.slice(0, 3));
    if (!object || !/^\w{15}(?:\w{3})?$/.test(id))
      throw new RestError(400, 'MALFORMED_ID', `malformed id ${id}`);
    return object;
  });
  refuseTooMany(ids.length, changes(objects));
  const records = objects.map((object, index) => {
    const record = new ApexSObject(object);
    record.values.set('id', to18(ids[index] ?? ''));
    return record;
  });
  const allOrNone = request.query.get('allOrNone') === 'true';
  return { status: 200, body: savedRows(request, 'delete', records, allOrNone).map(collectionRow) };
}

/** Records of one object by their ids, in that order; null for one that is not there. */
export function retrieveCollection({ org, request, version, parts }: ResourceContext): RestAnswer {
  const object = objectFor(request, parts[0] ?? '');
  const body = (request.body ?? {}) as { ids?: readonly string[]; fields?: readonly string[] };
  const ids = body.ids ?? (request.query.get('ids') ?? '').split(',');
  const fields = body.fields ?? (request.query.get('fields') ?? 'Id').split(',');
  for (const name of fields) {
    const field = object.fields.get(name.trim().toLowerCase());
    if (!field || !mayUseField(object, field, 'Read', { org, user: request.user }))
      throw new RestError(
        400,
        'INVALID_FIELD',
        `No such column '${name.trim()}' on sobject of type ${object.name}`,
      );
  }
  const records = ids.map((id) => {
    const stored = org.store.get(object.name, to18(id));
    if (!stored || stored.get('isdeleted') === true) return null;
    const record = new ApexSObject(object);
    for (const name of fields)
      record.values.set(
        name.trim().toLowerCase(),
        fieldValue(org.queryEnvironment(), object, stored, record.field(name.trim()).name),
      );
    return recordJson(record, version);
  });
  return { status: 200, body: records };
}

export function upsertCollection({ org, request, parts }: ResourceContext): RestAnswer {
  const object = objectFor(request, parts[0] ?? '');
  const field = object.fields.get((parts[1] ?? '').toLowerCase());
  const isKey = field && (field.externalId || field.type === 'id' || field.unique);
  if (!isKey || !mayUseField(object, field, 'Read', { org, user: request.user }))
    throw new RestError(
      404,
      'NOT_FOUND',
      `Provided external ID field does not exist or is not accessible: ${parts[1] ?? ''}`,
    );
  const { list, allOrNone } = bodyRecords(request);
  const records = list.map((each) => bodyRecord(request, object, each));
  const results = savedRows(request, 'upsert', records, allOrNone, field.name);
  return {
    status: 200,
    body: results.map((result) => ({ ...collectionRow(result), created: result.created })),
  };
}

/** A record's result; one that failed keeps its id, where it has one. */
function collectionRow(result: RowResult): Record<string, unknown> {
  const errors = result.errors.map((error) => ({
    statusCode: error.statusCode,
    message: error.message,
    fields: error.fields,
  }));
  const id = result.id === null ? {} : { id: result.id };
  return { ...id, success: errors.length === 0, errors };
}
