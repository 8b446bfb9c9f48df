import { Problem, badRequest } from '../http/problem.ts';
import { readMoment } from './coerce.ts';

/** A batch as Apex sends it. Rows are arrays in the order of `fields`. */
export interface BatchBody {
  readonly object: string;
  readonly fields: readonly string[];
  readonly upserts: readonly (readonly unknown[])[];
  readonly archives: readonly GoneRecord[];
  readonly deletes: readonly (GoneRecord & { readonly key: Readonly<Record<string, unknown>> })[];
}

export interface GoneRecord {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Records of one batch; Apex sends up to 2,000. */
export const MAXIMUM_RECORDS = 10_000;

const SALESFORCE_ID = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/;
const fail = (detail: string): never => {
  throw badRequest('invalid-body', detail);
};

/** Checks a body by hand: a schema library would look at each of a hundred thousand values. */
export function readBatchBody(body: unknown): BatchBody {
  if (!isObject(body)) return fail('The body must be a JSON object.');
  const { object, fields, upserts = [], archives = [], deletes = [], ...rest } = body;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) fail(`${unknown} is not a member of a batch.`);
  if (typeof object !== 'string' || object === '') return fail('object must name a Salesforce object.');
  if (!isTextList(fields)) return fail('fields must be a list of names.');
  if (fields[0] !== 'Id' || fields[1] !== 'SystemModstamp')
    fail('fields must start with Id and SystemModstamp.');
  const twice = fields.find((name, index) => fields.indexOf(name) !== index);
  if (twice !== undefined) fail(`fields names ${twice} twice.`);
  if (!Array.isArray(upserts) || !Array.isArray(archives) || !Array.isArray(deletes))
    return fail('upserts, archives and deletes must be lists.');
  if (upserts.length + archives.length + deletes.length > MAXIMUM_RECORDS) {
    throw new Problem(
      413,
      'batch-too-large',
      'The batch is too large',
      `A batch takes ${MAXIMUM_RECORDS} records; send fewer at a time.`,
    );
  }
  return {
    object,
    fields,
    upserts: upserts.map((row: unknown, index) =>
      Array.isArray(row) && row.length === fields.length
        ? (row as unknown[])
        : fail(`upserts[${index}] must be a list of ${fields.length} values.`),
    ),
    archives: archives.map((each: unknown, index) => {
      const [id, at] = Array.isArray(each) ? (each as unknown[]) : [];
      return gone(id, at, `archives[${index}]`);
    }),
    deletes: deletes.map((each: unknown, index) => {
      if (!isObject(each)) return fail(`deletes[${index}] must be an object.`);
      const key = each.key ?? {};
      if (!isObject(key)) return fail(`deletes[${index}].key must be an object.`);
      return { ...gone(each.id, each.at, `deletes[${index}]`), key };
    }),
  };
}

function gone(id: unknown, at: unknown, where: string): GoneRecord {
  if (typeof id !== 'string' || !SALESFORCE_ID.test(id)) return fail(`${where} has no Salesforce id.`);
  const moment = typeof at === 'string' ? readMoment(at) : null;
  return moment === null ? fail(`${where} has no moment with its zone.`) : { id, at: moment };
}

export function isSalesforceId(value: unknown): value is string {
  return typeof value === 'string' && SALESFORCE_ID.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
