import { executeDml, type DmlOperation, type RowResult } from '../execution/dml.ts';
import { recordOf } from '../execution/trigger-images.ts';
import type { LocalOrg } from '../org.ts';
import { to18 } from '../values/ids.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { ObjectSchema } from '../database/schema.ts';
import { recordFrom, recordJson, RestError } from './json-records.ts';
import { objectNamed, type ResourceContext, type RestAnswer } from './resource.ts';

/** Saves in a transaction of its own: what fails takes nothing of the others with it unless all or none is asked for. */
export function save(
  org: LocalOrg,
  operation: DmlOperation,
  records: readonly ApexSObject[],
  allOrNone: boolean,
  externalId: string | null = null,
): RowResult[] {
  return org.run('synchronous', org.admin, (transaction) => {
    const results = executeDml(operation, records, { allOrNone, externalId });
    if (transaction.kind === 'synchronous') transaction.hasUncommittedWork = false;
    return results;
  });
}

function one(results: readonly RowResult[]): RowResult {
  const [result] = results;
  const [error] = result?.errors ?? [];
  if (error)
    throw new RestError(
      error.statusCode === 'ENTITY_IS_DELETED' || error.statusCode === 'INVALID_CROSS_REFERENCE_KEY'
        ? 404
        : 400,
      error.statusCode,
      error.message,
      error.fields,
    );
  if (!result) throw new RestError(500, 'UNKNOWN_EXCEPTION', 'nothing was saved');
  return result;
}

export function bodyRecord(org: LocalOrg, object: ObjectSchema, body: unknown): ApexSObject {
  return recordFrom(object, body, (name) => org.schema.object(name));
}

export function create({ org, request, parts }: ResourceContext): RestAnswer {
  const result = one(
    save(org, 'insert', [bodyRecord(org, objectNamed(org, parts[0] ?? ''), request.body)], true),
  );
  return { status: 201, body: { id: result.id, success: true, errors: [] } };
}

export function retrieve({ org, request, version, parts }: ResourceContext): RestAnswer {
  const object = objectNamed(org, parts[0] ?? '');
  const stored = org.store.get(object.name, to18(parts[1] ?? ''));
  if (!stored || stored.get('isdeleted') === true)
    throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const record = recordOf(object, stored);
  const wanted = request.query
    .get('fields')
    ?.split(',')
    .map((name) => name.trim().toLowerCase());
  for (const field of object.fields.values()) {
    const key = field.name.toLowerCase();
    if (wanted && !wanted.includes(key) && key !== 'id') record.values.delete(key);
    else if (!record.values.has(key)) record.values.set(key, null);
  }
  return { status: 200, body: recordJson(record, version) };
}

export function update({ org, request, parts }: ResourceContext): RestAnswer {
  const record = bodyRecord(org, objectNamed(org, parts[0] ?? ''), request.body);
  record.values.set('id', to18(parts[1] ?? ''));
  one(save(org, 'update', [record], true));
  return { status: 204 };
}

export function remove({ org, parts }: ResourceContext): RestAnswer {
  const record = new ApexSObject(objectNamed(org, parts[0] ?? ''));
  record.values.set('id', to18(parts[1] ?? ''));
  one(save(org, 'delete', [record], true));
  return { status: 204 };
}

export function upsert({ org, request, parts }: ResourceContext): RestAnswer {
  const [objectName = '', field = '', value = ''] = parts;
  const object = objectNamed(org, objectName);
  const record = bodyRecord(org, object, request.body);
  record.put(field, decodeURIComponent(value));
  const result = one(save(org, 'upsert', [record], true, field));
  return {
    status: result.created ? 201 : 200,
    body: { id: result.id, success: true, errors: [], created: result.created },
  };
}
