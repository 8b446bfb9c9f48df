import { fieldValue } from '../database/soql/run.ts';
import type { RowResult } from '../execution/dml.ts';
import { to18 } from '../values/ids.ts';
import { ApexSObject } from '../values/sobject.ts';
import { recordJson, RestError } from './json-records.ts';
import { bodyRecord, save } from './record-resources.ts';
import { objectNamed, type ResourceContext, type RestAnswer } from './resource.ts';

/** Records that a collections call takes. */
const COLLECTION = 200;

/** sObject Collections: up to 200 records of any objects, saved together. */
export function collection({ org, request }: ResourceContext, operation: 'insert' | 'update'): RestAnswer {
  const body = request.body as { allOrNone?: unknown; records?: unknown } | undefined;
  const list = body?.records;
  if (!Array.isArray(list)) throw new RestError(400, 'JSON_PARSER_ERROR', 'records is expected');
  if (list.length > COLLECTION)
    throw new RestError(400, 'LIMIT_EXCEEDED', `sObject Collections take up to ${COLLECTION} records`);
  const records = list.map((each: { attributes?: { type?: string } }) =>
    bodyRecord(org, objectNamed(org, each.attributes?.type ?? ''), each),
  );
  return { status: 200, body: save(org, operation, records, body?.allOrNone === true).map(collectionRow) };
}

export function deleteCollection({ org, request }: ResourceContext): RestAnswer {
  const ids = (request.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  const records = ids.map((id) => {
    const object = org.schema.objectByPrefix(id.slice(0, 3));
    if (!object) throw new RestError(400, 'MALFORMED_ID', `malformed id ${id}`);
    const record = new ApexSObject(object);
    record.values.set('id', to18(id));
    return record;
  });
  return {
    status: 200,
    body: save(org, 'delete', records, request.query.get('allOrNone') === 'true').map(collectionRow),
  };
}

/** Records of one object by their ids, in that order; null for one that is not there. */
export function retrieveCollection({ org, request, version, parts }: ResourceContext): RestAnswer {
  const object = objectNamed(org, parts[0] ?? '');
  const body = (request.body ?? {}) as { ids?: readonly string[]; fields?: readonly string[] };
  const ids = body.ids ?? (request.query.get('ids') ?? '').split(',');
  const fields = body.fields ?? (request.query.get('fields') ?? 'Id').split(',');
  const records = ids.map((id) => {
    const stored = org.store.get(object.name, to18(id));
    if (!stored || stored.get('isdeleted') === true) return null;
    const record = new ApexSObject(object);
    for (const name of fields)
      record.values.set(
        name.toLowerCase(),
        fieldValue(org.queryEnvironment(), object, stored, record.field(name).name),
      );
    return recordJson(record, version);
  });
  return { status: 200, body: records };
}

export function upsertCollection({ org, request, parts }: ResourceContext): RestAnswer {
  const object = objectNamed(org, parts[0] ?? '');
  const body = request.body as { allOrNone?: unknown; records?: unknown } | undefined;
  if (!Array.isArray(body?.records)) throw new RestError(400, 'JSON_PARSER_ERROR', 'records is expected');
  const records = body.records.map((each) => bodyRecord(org, object, each));
  const results = save(org, 'upsert', records, body.allOrNone === true, parts[1] ?? null);
  return {
    status: 200,
    body: results.map((result) => ({ ...collectionRow(result), created: result.created })),
  };
}

function collectionRow(result: RowResult): Record<string, unknown> {
  const errors = result.errors.map((error) => ({
    statusCode: error.statusCode,
    message: error.message,
    fields: error.fields,
  }));
  return errors.length > 0 ? { success: false, errors } : { id: result.id, success: true, errors: [] };
}
