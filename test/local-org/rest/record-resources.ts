import type { RowResult } from '../execution/dml.ts';
import { mayUseField } from '../execution/permissions.ts';
import { recordOf } from '../execution/trigger-images.ts';
import { to18 } from '../values/ids.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { FieldSchema, ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { fieldText } from '../database/field-text.ts';
import { recordFrom, recordJson, RestError } from './json-records.ts';
import { objectFor, type ResourceContext, type RestAnswer, type RestRequest } from './resource.ts';
import { saveRecords } from './save-records.ts';

const NOT_THERE = 'The requested resource does not exist';

/** The result of a call for one record. Throws RestError with what it was refused for. */
function saveOne(
  request: RestRequest,
  operation: 'insert' | 'update' | 'upsert' | 'delete',
  record: ApexSObject,
  externalId: string | null = null,
): RowResult {
  const refusals = request.host.faults.forRows(request.nature, 1);
  const [result] = saveRecords(request, operation, [record], { allOrNone: true, externalId, refusals });
  const [error] = result?.errors ?? [];
  if (!result) throw new RestError(500, 'UNKNOWN_EXCEPTION', 'nothing was saved');
  if (!error) return result;
  // The id of the address is of no record: a lookup that points nowhere names its field.
  if (error.statusCode === 'INVALID_CROSS_REFERENCE_KEY' && error.fields.length === 0)
    throw new RestError(404, 'NOT_FOUND', NOT_THERE);
  throw new RestError(STATUS[error.statusCode] ?? 400, error.statusCode, error.message, error.fields);
}

const STATUS: Readonly<Record<string, number>> = {
  ENTITY_IS_DELETED: 404,
  INSUFFICIENT_ACCESS_OR_READONLY: 403,
};

/** A record from a request's body; fields that the user may not see are as if there were none. */
export function bodyRecord(request: RestRequest, object: ObjectSchema, body: unknown): ApexSObject {
  const { org } = request.host;
  const holder = { org, user: request.user };
  return recordFrom(object, body, {
    findObject: (name) => org.schema.object(name),
    isVisible: isVisible(holder),
    text: request.text,
  });
}

const isVisible =
  (holder: Parameters<typeof mayUseField>[3]) =>
  (object: ObjectSchema, field: FieldSchema): boolean =>
    mayUseField(object, field, 'Read', holder);

function refuseInBody(body: unknown, name: string): void {
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  if (names.some((each) => each.toLowerCase() === name.toLowerCase()))
    throw new RestError(
      400,
      'INVALID_FIELD',
      `The ${name} field should not be specified in the sobject data.`,
    );
}

export function create({ request, parts }: ResourceContext): RestAnswer {
  const object = objectFor(request, parts[0] ?? '');
  const result = saveOne(request, 'insert', bodyRecord(request, object, request.body));
  return { status: 201, body: { id: result.id, success: true, errors: [] } };
}

export function retrieve({ org, request, version, parts }: ResourceContext): RestAnswer {
  const object = objectFor(request, parts[0] ?? '');
  const stored = org.store.get(object.name, to18(parts[1] ?? ''));
  if (!stored || stored.get('isdeleted') === true) throw new RestError(404, 'NOT_FOUND', NOT_THERE);
  return { status: 200, body: recordJson(shown(request, object, stored), version) };
}

/** The record's fields that are asked for and that the user may see. */
function shown(request: RestRequest, object: ObjectSchema, stored: StoredRecord): ApexSObject {
  const record = recordOf(object, stored);
  const wanted = request.query
    .get('fields')
    ?.split(',')
    .map((name) => name.trim().toLowerCase());
  const visible = isVisible({ org: request.host.org, user: request.user });
  for (const field of object.fields.values()) {
    const key = field.name.toLowerCase();
    const isLeftOut = wanted !== undefined && !wanted.includes(key) && key !== 'id';
    if (isLeftOut || !visible(object, field)) record.values.delete(key);
    else if (!record.values.has(key)) record.values.set(key, null);
  }
  return record;
}

export function update({ request, parts }: ResourceContext): RestAnswer {
  refuseInBody(request.body, 'Id');
  const record = bodyRecord(request, objectFor(request, parts[0] ?? ''), request.body);
  record.values.set('id', to18(parts[1] ?? ''));
  saveOne(request, 'update', record);
  return { status: 204 };
}

export function remove({ request, parts }: ResourceContext): RestAnswer {
  const record = new ApexSObject(objectFor(request, parts[0] ?? ''));
  record.values.set('id', to18(parts[1] ?? ''));
  saveOne(request, 'delete', record);
  return { status: 204 };
}

/** The ids of the records that an address names by a key. Throws RestError for a field that is no key. */
function idsByKey(context: ResourceContext): { object: ObjectSchema; field: FieldSchema; ids: string[] } {
  const { org, request, parts } = context;
  const [objectName = '', fieldName = '', value = ''] = parts;
  const object = objectFor(request, objectName);
  const field = object.fields.get(fieldName.toLowerCase());
  const isKey = field && (field.externalId || field.type === 'id' || field.unique);
  if (!isKey || !mayUseField(object, field, 'Read', { org, user: request.user }))
    throw new RestError(
      404,
      'NOT_FOUND',
      `Provided external ID field does not exist or is not accessible: ${fieldName}`,
    );
  const rows = org.store.findBy(object.name, field.name, fieldText(field, decodeURIComponent(value)));
  const ids = rows.filter((row) => row.get('isdeleted') !== true).map((row) => String(row.get('id')));
  return { object, field, ids };
}

/** 300 with the addresses of all that match. */
const severalMatch = (object: ObjectSchema, ids: readonly string[], version: string): RestAnswer => ({
  status: 300,
  body: ids.map((id) => `/services/data/${version}/sobjects/${object.name}/${id}`),
});

export function upsert(context: ResourceContext): RestAnswer {
  const { request, version, parts } = context;
  const { object, field, ids } = idsByKey(context);
  refuseInBody(request.body, field.name);
  if (ids.length > 1) return severalMatch(object, ids, version);
  if (ids.length === 0 && request.query.get('updateOnly') === 'true')
    throw new RestError(404, 'NOT_FOUND', NOT_THERE);
  const record = bodyRecord(request, object, request.body);
  record.put(field.name, fieldText(field, decodeURIComponent(parts[2] ?? '')));
  const result = saveOne(request, 'upsert', record, field.name);
  return {
    status: result.created ? 201 : 200,
    body: { id: result.id, success: true, errors: [], created: result.created },
  };
}

export function retrieveByKey(context: ResourceContext): RestAnswer {
  const { org, request, version } = context;
  const { object, ids } = idsByKey(context);
  if (ids.length > 1) return severalMatch(object, ids, version);
  const stored = org.store.get(object.name, ids[0] ?? '');
  if (!stored) throw new RestError(404, 'NOT_FOUND', NOT_THERE);
  return { status: 200, body: recordJson(shown(request, object, stored), version) };
}

export function removeByKey(context: ResourceContext): RestAnswer {
  const { object, ids } = idsByKey(context);
  if (ids.length > 1) return severalMatch(object, ids, context.version);
  if (ids.length === 0) throw new RestError(404, 'NOT_FOUND', NOT_THERE);
  return remove({ ...context, parts: [object.name, ids[0] ?? ''] });
}

/** POST /sobjects/User/<id>/password: sets a user's password, so that somebody else than the admin may log in. */
export function setPassword({ org, request, parts }: ResourceContext): RestAnswer {
  const id = to18(parts[0] ?? '');
  const { NewPassword } = (request.body ?? {}) as { NewPassword?: unknown };
  if (!org.store.get('User', id)) throw new RestError(404, 'NOT_FOUND', NOT_THERE);
  if (typeof NewPassword !== 'string' || NewPassword === '')
    throw new RestError(400, 'INVALID_NEW_PASSWORD', 'Your password must have complexity.');
  request.host.sessions.setPassword(id, NewPassword);
  return { status: 204 };
}
