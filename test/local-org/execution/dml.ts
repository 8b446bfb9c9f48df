import { ApexList } from '../values/collections.ts';
import { ApexException, platformException, throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { DmlFailure } from '../library/exceptions.ts';
import { publishIn } from './events.ts';
import { Chunk } from './dml-chunk.ts';
import { refusedInUserMode } from './permissions.ts';
import { current } from './transaction.ts';

export type DmlOperation = 'insert' | 'update' | 'upsert' | 'delete' | 'undelete';

export interface DmlOptions {
  readonly allOrNone: boolean;
  readonly externalId?: string | null;
  /** The running user's rights are held against each record. */
  readonly isUserMode?: boolean;
  /** Texts that are too long are cut and not refused. */
  readonly truncates?: boolean;
  /** Fields that nobody may write are given too: roll-up summaries, what a conversion notes on its lead. */
  readonly writesCalculated?: boolean;
  /** Part of another statement, a merge or a conversion, that has been counted. */
  readonly isPart?: boolean;
  /** Of the delete that a merge makes: the winner's Id, which after-delete triggers see. */
  readonly masterRecordId?: string;
}

/** What became of one record. */
export interface RowResult {
  readonly id: string | null;
  readonly created: boolean;
  readonly errors: readonly RowError[];
}

export interface RowError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** Triggers see at most this many records at once. */
const CHUNK = 200;
export const OPERATION_NAMES: Readonly<Record<DmlOperation, string>> = {
  insert: 'Insert',
  update: 'Update',
  upsert: 'Upsert',
  delete: 'Delete',
  undelete: 'Undelete',
};

/** The records a DML statement was given; null among them throws. */
export function recordsOf(value: ApexValue): ApexSObject[] {
  const items = value instanceof ApexList ? value.items : [value];
  return items.map((item) => (item instanceof ApexSObject ? item : throwNull()));
}

/** A DML statement: every record or none, a System.DmlException that tells of the first failure. */
export function dmlStatement(
  operation: DmlOperation,
  value: ApexValue,
  externalId: string | null,
  options: Partial<DmlOptions> = {},
): RowResult[] {
  const records = recordsOf(value);
  const results = executeDml(operation, records, { ...options, allOrNone: true, externalId });
  if (results.some((result) => result.errors.length > 0)) throw dmlException(operation, records, results);
  return results;
}

/** Runs DML on any number of records. Without allOrNone the good ones are kept. */
export function executeDml(
  operation: DmlOperation,
  given: readonly ApexSObject[],
  options: DmlOptions,
): RowResult[] {
  const transaction = current();
  const [first] = given;
  if (first?.schema.kind === 'event' && first.schema.publishBehavior !== 'PublishAfterCommit') {
    // Published at once they are no part of the transaction, and have a limit of their own. (Apex Reference, EventBus.)
    transaction.limits.count('publishImmediateDML');
    return given.map((record) => publishIn(transaction, record));
  }
  // A statement without records does nothing and costs nothing.
  if (given.length === 0) return [];
  if (options.isPart !== true) {
    transaction.limits.count('dmlStatements');
    transaction.limits.count('dmlRows', given.length);
  }
  transaction.hasUncommittedWork = true;
  if (first?.schema.kind === 'event') return given.map((record) => publishIn(transaction, record));
  refuseTwice(operation, given);
  refuseScattered(given);
  // What is saved is a copy: defaults and what triggers change are not seen on the records given, only their new Ids.
  const records = given.map((record) => copyToSave(record));
  const before = transaction.org.store.savepoint();
  const refused = new Map<ApexSObject, RowError>();
  if (options.isUserMode === true)
    for (const record of records) {
      const refusal = refusedInUserMode(operation, record);
      if (refusal) refused.set(record, refusal);
    }
  const results: RowResult[] = [];
  for (let start = 0; start < records.length; start += CHUNK) {
    results.push(...runChunk(operation, records.slice(start, start + CHUNK), options, refused));
  }
  if (options.allOrNone && results.some((result) => result.errors.length > 0)) {
    transaction.org.store.rollback(before);
    return results.map((result, index) => ({ ...result, id: given[index]?.id ?? null }));
  }
  results.forEach((result, index) => {
    if (result.errors.length === 0 && result.id !== null) given[index]?.values.set('id', result.id);
  });
  return results;
}

/** At most this many runs of records of one object may follow each other in a list. (Apex Developer Guide, Creating and Modifying Records of Different Types.) */
const RUNS = 10;

function refuseScattered(records: readonly ApexSObject[]): void {
  const runs = records.filter((record, index) => record.schema !== records[index - 1]?.schema).length;
  if (runs > RUNS)
    throwPlatform(
      'System.TypeException',
      `Cannot have more than ${RUNS} chunks in a single operation. Please rearrange the data to reduce chunking.`,
    );
}

function copyToSave(record: ApexSObject): ApexSObject {
  const copy = record.copy();
  copy.options = record.options;
  copy.clonedFrom = record.clonedFrom;
  return copy;
}

/** Up to 200 records, those that user mode refuses left out. */
function runChunk(
  operation: DmlOperation,
  records: readonly ApexSObject[],
  options: DmlOptions,
  refused: ReadonlyMap<ApexSObject, RowError>,
): RowResult[] {
  const allowed = records.filter((record) => !refused.has(record));
  const results = allowed.length > 0 ? new Chunk(current(), operation, allowed, options).run() : [];
  return records.map((record): RowResult => {
    const refusal = refused.get(record);
    if (refusal) return { id: record.id, created: false, errors: [refusal] };
    return results[allowed.indexOf(record)] ?? { id: record.id, created: false, errors: [] };
  });
}

/** One record twice in a statement is refused as a whole, whatever allOrNone says. */
function refuseTwice(operation: DmlOperation, records: readonly ApexSObject[]): void {
  const instances = new Set<ApexSObject>();
  const ids = new Set<string>();
  for (const record of records) {
    if (instances.has(record) && (operation === 'insert' || operation === 'upsert'))
      throwPlatform(
        'System.ListException',
        'Before Insert or Upsert list must not have two identically equal elements',
      );
    instances.add(record);
    if (record.id === null) continue;
    if (ids.has(record.id) && (operation === 'update' || operation === 'upsert'))
      throwPlatform('System.ListException', `Duplicate id in list: ${record.id}`);
    ids.add(record.id);
  }
}

/** An object that the user may not touch in user mode is no failure of a row. (apex-recipes, AccountServiceLayer_Tests.) */
const isDenied = (error: RowError): boolean =>
  /^(?:Access to entity '\w+' denied|DML operation [A-Z]+ not allowed on \w+)$/.test(error.message);

export function dmlException(
  operation: DmlOperation,
  records: readonly ApexSObject[],
  results: readonly RowResult[],
): ApexException {
  const failures = results.flatMap((result, index): DmlFailure[] => {
    const [error] = result.errors;
    if (!error) return [];
    return [
      {
        $type: { kind: 'platform', name: 'Database.Error', arguments: [] },
        index,
        id: records[index]?.id ?? null,
        message: error.message,
        statusCode: error.statusCode,
        fields: error.fields,
        ...(records[index] ? { object: records[index].schema.name } : {}),
      },
    ];
  });
  const denied = results.flatMap((result) => result.errors).find(isDenied);
  if (denied) return platformException('System.SecurityException', denied.message);
  const [first] = failures;
  const about = first?.id ? ` with id ${first.id}` : '';
  const message = `${OPERATION_NAMES[operation]} failed. First exception on row ${first?.index ?? 0}${about}; first error: ${first?.statusCode ?? ''}, ${first?.message ?? ''}: [${first?.fields.join(', ') ?? ''}]`;
  const exception = platformException('System.DmlException', message);
  exception.details.set(
    'rows',
    new ApexList({ kind: 'platform', name: 'Database.Error', arguments: [] }, failures),
  );
  return exception;
}
