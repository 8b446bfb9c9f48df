import { z } from 'zod';
import type { OrgApi, ApiRequest } from './api.ts';
import {
  SalesforceFault,
  type OrgRecord,
  type SaveResult,
  type WriteOperation,
  type WriteOptions,
} from './org.ts';

/** Records that a call of sObject Collections takes. */
export const COLLECTION = 200;

const results = z.array(
  z.object({
    id: z.string().nullish(),
    success: z.boolean(),
    created: z.boolean().nullish(),
    errors: z
      .array(z.object({ statusCode: z.string(), message: z.string(), fields: z.array(z.string()).nullish() }))
      .nullish(),
  }),
);

/** Saves up to 200 records of one object, each for itself. */
export async function writeCollection(
  api: OrgApi,
  operation: WriteOperation,
  object: string,
  records: readonly OrgRecord[],
  options: WriteOptions,
): Promise<readonly SaveResult[]> {
  if (records.length === 0) return [];
  if (records.length > COLLECTION) throw new RangeError(`A call takes ${COLLECTION} records.`);
  const answers = await api.json(results, {
    ...requestOf(operation, object, records, options),
    headers: {
      'Sforce-Auto-Assign': options.autoAssign === true ? 'TRUE' : 'FALSE',
      ...(options.allowDuplicates === true ? { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } : {}),
    },
  });
  if (answers.length !== records.length)
    throw new SalesforceFault(
      'retry',
      'unexpected-answer',
      'Salesforce answered for other records than were sent.',
    );
  return answers.map((answer) => ({
    id: answer.id ?? null,
    isSaved: answer.success,
    isCreated: answer.success && (answer.created ?? operation === 'insert'),
    errors: (answer.errors ?? []).map(({ statusCode, message, fields }) => ({
      code: statusCode,
      message,
      fields: fields ?? [],
    })),
  }));
}

function requestOf(
  operation: WriteOperation,
  object: string,
  records: readonly OrgRecord[],
  options: WriteOptions,
): ApiRequest {
  const path = '/composite/sobjects';
  const json = {
    allOrNone: false,
    records: records.map((record) => ({ attributes: { type: object }, ...record })),
  };
  switch (operation) {
    case 'insert':
      return { method: 'POST', path, json };
    case 'update':
      return { method: 'PATCH', path, json };
    case 'upsert':
      return { method: 'PATCH', path: `${path}/${object}/${externalIdOf(options)}`, json };
    case 'delete':
      return { method: 'DELETE', path: `${path}?ids=${records.map(idOf).join(',')}&allOrNone=false` };
  }
}

/** The field that an upsert finds records by; there is none without. */
export function externalIdOf(options: WriteOptions): string {
  if (options.externalIdField === undefined) throw new TypeError('An upsert needs its external id field.');
  return encodeURIComponent(options.externalIdField);
}

function idOf(record: OrgRecord): string {
  if (typeof record.Id !== 'string') throw new TypeError('A record to be deleted has its Id.');
  return encodeURIComponent(record.Id);
}
