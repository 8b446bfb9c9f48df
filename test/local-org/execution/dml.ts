import { ApexList, ApexMap } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import {
  ApexException,
  asApexException,
  isCatchable,
  platformException,
  throwNull,
  throwPlatform,
} from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import type { DmlFailure } from '../library/system.ts';
import type { LocalOrg } from '../org.ts';
import { publishIn } from './events.ts';
import { current, noteDml, type Transaction } from './transaction.ts';
import { validate } from './validation.ts';

export type DmlOperation = 'insert' | 'update' | 'upsert' | 'delete' | 'undelete';

export interface DmlOptions {
  readonly allOrNone: boolean;
  readonly externalId?: string | null;
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
const OPERATION_NAMES: Readonly<Record<DmlOperation, string>> = {
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
  records: readonly ApexSObject[],
  options: DmlOptions,
): RowResult[] {
  const transaction = current();
  if (options.isPart !== true) {
    transaction.limits.count('dmlStatements');
    transaction.limits.count('dmlRows', records.length);
  }
  if (records.length === 0) return [];
  transaction.hasUncommittedWork = true;
  const isEvent = records[0]?.schema.kind === 'event';
  if (isEvent) return records.map((record) => publishIn(transaction, record));
  refuseTwice(operation, records);
  const before = transaction.org.store.savepoint();
  const unsaved = records.filter((record) => record.id === null);
  const results: RowResult[] = [];
  for (let start = 0; start < records.length; start += CHUNK) {
    results.push(...new Chunk(transaction, operation, records.slice(start, start + CHUNK), options).run());
  }
  if (options.allOrNone && results.some((result) => result.errors.length > 0)) {
    transaction.org.store.rollback(before);
    for (const record of unsaved) record.values.delete('id');
  }
  return results;
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
      },
    ];
  });
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

interface Row {
  readonly record: ApexSObject;
  readonly position: number;
  operation: 'insert' | 'update' | 'delete' | 'undelete';
  before: StoredRecord | null;
  errors: RowError[];
}

/** Up to 200 records on their way: before triggers, checks, the store, after triggers. */
class Chunk {
  readonly #transaction: Transaction;
  readonly #org: LocalOrg;
  readonly #rows: Row[];
  readonly #options: DmlOptions;

  constructor(
    transaction: Transaction,
    operation: DmlOperation,
    records: readonly ApexSObject[],
    options: DmlOptions,
  ) {
    this.#transaction = transaction;
    this.#org = transaction.org;
    this.#options = options;
    this.#rows = records.map((record, position) => ({
      record,
      position,
      operation: operation === 'upsert' ? 'update' : operation,
      before: null,
      errors: [],
    }));
    if (operation === 'upsert') for (const row of this.#rows) this.#decideUpsert(row);
  }

  run(): RowResult[] {
    for (const operation of ['insert', 'update', 'delete', 'undelete'] as const) {
      const rows = this.#rows.filter((row) => row.operation === operation && row.errors.length === 0);
      for (const object of new Set(rows.map((row) => row.record.schema))) {
        this.#runGroup(
          operation,
          object,
          rows.filter((row) => row.record.schema === object),
        );
      }
    }
    return this.#rows.map((row) => ({
      id: row.record.id,
      created: row.operation === 'insert',
      errors: row.errors,
    }));
  }

  #decideUpsert(row: Row): void {
    const { externalId } = this.#options;
    if (externalId === null || externalId === undefined || externalId.toLowerCase() === 'id') {
      row.operation = row.record.id === null ? 'insert' : 'update';
      return;
    }
    const value = row.record.values.get(externalId.toLowerCase()) ?? null;
    const found =
      value === null
        ? []
        : this.#org.store
            .findBy(row.record.schema.name, externalId, value)
            .filter((each) => each.get('isdeleted') !== true);
    if (found.length > 1)
      row.errors.push({
        statusCode: 'DUPLICATE_EXTERNAL_ID',
        message: 'The external ID matched more than one record',
        fields: [externalId],
      });
    const [only] = found;
    row.operation = only ? 'update' : 'insert';
    if (only) row.record.values.set('id', only.get('id') ?? null);
  }

  #runGroup(operation: Row['operation'], object: ObjectSchema, rows: Row[]): void {
    if (!mixes(operation, object, rows)) noteDml(this.#transaction, object.name, OPERATION_NAMES[operation]);
    this.#load(operation, object, rows);
    let good = rows.filter((row) => row.errors.length === 0);
    if (good.length === 0) return;
    const point = this.#org.store.savepoint();
    this.#fire(true, operation, object, good);
    good = good.filter((row) => row.errors.length === 0);
    for (const row of good)
      row.errors.push(...validate(this.#org, operation, object, row.record, row.before));
    good = good.filter((row) => row.errors.length === 0);
    for (const row of good) this.#write(operation, object, row);
    good = good.filter((row) => row.errors.length === 0);
    this.#fire(false, operation, object, good);
    // An error added after the write takes that record's write back; without allOrNone the others are done again.
    const spoiled = good.filter((row) => row.errors.length > 0);
    if (spoiled.length === 0 || this.#options.allOrNone) return;
    this.#org.store.rollback(point);
    const kept = good.filter((row) => row.errors.length === 0);
    // Only records that had no Id before come to an insert's writing.
    if (operation === 'insert') for (const row of good) row.record.values.delete('id');
    if (kept.length > 0) this.#runGroup(operation, object, kept);
  }

  /** The stored record behind an update, delete or undelete. */
  #load(operation: Row['operation'], object: ObjectSchema, rows: readonly Row[]): void {
    for (const row of rows) {
      if (operation === 'insert') {
        this.#applyDefaults(object, row.record);
        if (row.record.id !== null)
          row.errors.push({
            statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
            message: 'cannot specify Id in an insert call',
            fields: ['Id'],
          });
        continue;
      }
      if (row.record.id === null) {
        row.errors.push({
          statusCode: 'MISSING_ARGUMENT',
          message: `Id not specified in ${operation === 'update' ? 'an' : 'a'} ${operation} call`,
          fields: [],
        });
        continue;
      }
      const stored = this.#org.store.get(object.name, row.record.id);
      const isGone = !stored || (operation !== 'undelete') === (stored.get('isdeleted') === true);
      if (isGone)
        row.errors.push({
          statusCode: stored ? 'ENTITY_IS_DELETED' : 'INVALID_CROSS_REFERENCE_KEY',
          message: stored ? 'entity is deleted' : 'invalid cross reference id',
          fields: [],
        });
      else row.before = stored;
    }
  }

  /** Runs the object's triggers with these rows. What they add as errors stands on the rows after. */
  #fire(isBefore: boolean, operation: Row['operation'], object: ObjectSchema, rows: readonly Row[]): void {
    const event = `${isBefore ? 'before' : 'after'} ${operation}`;
    const triggers = this.#org.triggersOf(object.name, event);
    if (triggers.length === 0 || rows.length === 0 || (isBefore && operation === 'undelete')) return;
    const images = rows.map((row) => this.#images(isBefore, operation, row));
    const transaction = this.#transaction;
    const outer = transaction.trigger;
    transaction.triggerDepth += 1;
    if (transaction.triggerDepth > 16) throwPlatform('System.DmlException', 'maximum trigger depth exceeded');
    transaction.trigger = contextOf(isBefore, operation, object, images);
    try {
      for (const trigger of triggers) trigger.run();
    } catch (error) {
      this.#spoil(error, rows, event);
    } finally {
      transaction.trigger = outer;
      transaction.triggerDepth -= 1;
    }
    images.forEach((image, index) => {
      const row = rows[index];
      const carrier = image.after ?? image.before;
      if (!row || !carrier) return;
      row.errors.push(
        ...carrier.errors.map((error) => ({
          statusCode: error.statusCode,
          message: error.message,
          fields: error.field === null ? [] : [error.field],
        })),
      );
      carrier.errors.length = 0;
    });
  }

  /** An exception that leaves a trigger fails every record it was given, as a DmlException of the statement. */
  #spoil(error: unknown, rows: readonly Row[], event: string): void {
    const exception = asApexException(error);
    if (!exception || !isCatchable(exception)) throw error;
    const trigger =
      exception
        .frames()
        .find((frame) => frame.place.startsWith('Trigger.'))
        ?.place.slice('Trigger.'.length) ?? '';
    const kind = event.replace(/\b\w/g, (letter) => letter.toUpperCase()).replace(' ', '');
    const message = `${trigger}: execution of ${kind}\n\ncaused by: ${exception.toString()}\n\n${exception.stackTrace()}`;
    for (const row of rows)
      row.errors.push({ statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, fields: [] });
  }

  #images(
    isBefore: boolean,
    operation: Row['operation'],
    row: Row,
  ): { before: ApexSObject | null; after: ApexSObject | null } {
    const object = row.record.schema;
    const before = row.before && operation !== 'undelete' ? recordOf(object, row.before) : null;
    const { masterRecordId } = this.#options;
    // Only after the delete does a loser know whom it was merged into.
    if (!isBefore && masterRecordId !== undefined) before?.values.set('masterrecordid', masterRecordId);
    if (before) frozen(before);
    if (operation === 'delete') return { before, after: null };
    if (isBefore) {
      // Before triggers change the record itself; an update shows the fields that were not given as they are stored.
      if (row.before)
        for (const [key, value] of row.before)
          if (!row.record.values.has(key)) row.record.values.set(key, value);
      row.record.isQueried = false;
      return { before, after: row.record };
    }
    const stored = this.#org.store.get(object.name, row.record.id ?? '');
    return { before, after: frozen(recordOf(object, stored ?? new Map())) };
  }

  #write(operation: Row['operation'], object: ObjectSchema, row: Row): void {
    const { store } = this.#org;
    const { record } = row;
    if (operation === 'delete') {
      this.#delete(object, record.id ?? '', row);
      return;
    }
    const now = new ApexDatetime(this.#transaction.now());
    const userId = this.#transaction.user.id;
    const values = new Map<string, ApexValue>(row.before ?? []);
    if (operation === 'insert') this.#initialise(object, record, values, now, userId);
    for (const [key, value] of record.values) {
      const field = object.fields.get(key);
      if (field && (field.createable || field.updateable || key === 'masterrecordid'))
        values.set(key, value === '' ? null : value);
    }
    if (operation === 'undelete') {
      values.set('isdeleted', false);
      values.delete(DELETED_WITH);
      this.#restoreChildren(object, record.id ?? '', row.before);
    }
    values.set('lastmodifieddate', now);
    values.set('lastmodifiedbyid', userId);
    values.set('systemmodstamp', now);
    composeName(object, values);
    const id = operation === 'insert' ? store.newId(object) : (record.id ?? '');
    values.set('id', id);
    store.put(object.name, id, values);
    record.values.set('id', id);
    this.#org.counters.rowsWritten += 1;
  }

  /** Defaults stand on a new record before its triggers run. */
  #applyDefaults(object: ObjectSchema, record: ApexSObject): void {
    for (const field of object.fields.values()) {
      const key = field.name.toLowerCase();
      if (record.values.has(key) || field.autoNumber || !field.createable) continue;
      const chosen = field.picklist.find((each) => each.isDefault)?.value ?? this.#org.defaultOf(field);
      if (chosen !== null) record.values.set(key, chosen);
    }
  }

  #initialise(
    object: ObjectSchema,
    record: ApexSObject,
    values: Map<string, ApexValue>,
    now: ApexDatetime,
    userId: string,
  ): void {
    for (const field of object.fields.values()) {
      if (field.autoNumber)
        values.set(
          field.name.toLowerCase(),
          autoNumber(field.defaultValue, this.#org.store.next(`auto:${object.name}`)),
        );
    }
    values.set('isdeleted', false);
    values.set('createddate', now);
    values.set('createdbyid', userId);
    if (object.fields.has('ownerid') && !record.values.has('ownerid')) values.set('ownerid', userId);
  }

  /** What went into the recycle bin with a record comes back with it; what was deleted by itself stays. */
  #restoreChildren(object: ObjectSchema, id: string, parent: StoredRecord | null): void {
    const { store, schema } = this.#org;
    for (const relationship of object.children.values()) {
      const child = schema.object(relationship.childObject);
      if (!child || !relationship.cascadeDelete || store.count(child.name) === 0) continue;
      for (const row of store.findBy(child.name, relationship.field, id)) {
        if (row.get('isdeleted') !== true || row.get(DELETED_WITH) !== parent?.get(DELETED_WITH)) continue;
        const childId = String(row.get('id') ?? '');
        const now = new ApexDatetime(this.#transaction.now());
        store.put(
          child.name,
          childId,
          new Map(row).set('isdeleted', false).set('systemmodstamp', now).set('lastmodifieddate', now),
        );
        this.#restoreChildren(child, childId, row);
      }
    }
  }

  /** Deletes with what hangs on the record: children go along without their triggers, lookups are emptied or refuse. */
  #delete(object: ObjectSchema, id: string, row: Row, together = this.#org.store.next('delete')): void {
    const { store, schema } = this.#org;
    for (const relationship of object.children.values()) {
      const child = schema.object(relationship.childObject);
      const field = child?.fields.get(relationship.field.toLowerCase());
      if (!child || !field || store.count(child.name) === 0) continue;
      const children = store
        .findBy(child.name, field.name, id)
        .filter((each) => each.get('isdeleted') !== true);
      if (children.length === 0) continue;
      if (field.deleteConstraint === 'Restrict') {
        row.errors.push({
          statusCode: 'DELETE_FAILED',
          message: `Your attempt to delete this record could not be completed because it is associated with the following ${child.pluralLabel}.`,
          fields: [],
        });
        return;
      }
      for (const each of children) {
        const childId = String(each.get('id') ?? '');
        if (relationship.cascadeDelete) this.#delete(child, childId, row, together);
        else store.put(child.name, childId, new Map(each).set(field.name.toLowerCase(), null));
      }
    }
    const stored = store.get(object.name, id);
    if (!stored) return;
    const now = new ApexDatetime(this.#transaction.now());
    store.put(
      object.name,
      id,
      new Map(stored)
        .set('isdeleted', true)
        .set('masterrecordid', id === row.record.id ? (this.#options.masterRecordId ?? null) : null)
        .set(DELETED_WITH, together)
        .set('systemmodstamp', now)
        .set('lastmodifieddate', now),
    );
  }
}

/** A number that records deleted by one deletion share; no field of the object. */
const DELETED_WITH = '#deletedwith';

/** Fields of a User that make its update a change of the set-up. */
const SETUP_FIELDS = [
  'userroleid',
  'isactive',
  'forecastenabled',
  'isportalenabled',
  'username',
  'profileid',
];

/** Setup records that may be written beside others: groups that are saved, users whose rights do not change. */
function mixes(operation: Row['operation'], object: ObjectSchema, rows: readonly Row[]): boolean {
  if (object.name === 'Group') return operation === 'insert' || operation === 'update';
  return (
    object.name === 'User' &&
    operation === 'update' &&
    rows.every((row) => !SETUP_FIELDS.some((field) => row.record.values.has(field)))
  );
}

/** `Name` of people is made of its parts. */
function composeName(object: ObjectSchema, values: Map<string, ApexValue>): void {
  if (!object.fields.has('lastname') || object.fields.get('name')?.createable !== false) return;
  const parts = ['firstname', 'middlename', 'lastname']
    .map((key) => values.get(key))
    .filter((part) => typeof part === 'string');
  values.set('name', parts.join(' '));
}

function autoNumber(format: unknown, number: number): string {
  return (typeof format === 'string' ? format : '{0}').replace(/\{(0+)\}/, (_whole, zeros: string) =>
    String(number).padStart(zeros.length, '0'),
  );
}

/** A record with all that is stored of it, as triggers see it. */
export function recordOf(object: ObjectSchema, stored: StoredRecord): ApexSObject {
  const record = new ApexSObject(object);
  for (const [key, value] of stored) if (key !== DELETED_WITH) record.values.set(key, value);
  return record;
}

function frozen(record: ApexSObject): ApexSObject {
  record.isReadOnly = true;
  return record;
}

function contextOf(
  isBefore: boolean,
  operation: Row['operation'],
  object: ObjectSchema,
  images: readonly { before: ApexSObject | null; after: ApexSObject | null }[],
): NonNullable<Transaction['trigger']> {
  const type: TypeRef = { kind: 'sobject', name: object.name };
  const id: TypeRef = { kind: 'primitive', name: 'Id' };
  const list = (records: (ApexSObject | null)[]): ApexList | null =>
    records.some((each) => each === null) ? null : new ApexList(type, records);
  const map = (records: (ApexSObject | null)[]): ApexMap | null =>
    records.some((each) => (each?.id ?? null) === null)
      ? null
      : new ApexMap(
          id,
          type,
          records.map((each): [ApexValue, ApexValue] => [each?.id ?? null, each]),
        );
  const after = images.map((image) => image.after);
  const before = images.map((image) => image.before);
  return {
    isBefore,
    operation,
    object: object.name,
    newList: operation === 'delete' ? null : list(after),
    oldList: operation === 'insert' || operation === 'undelete' ? null : list(before),
    newMap: operation === 'delete' ? null : map(after),
    oldMap: operation === 'insert' || operation === 'undelete' ? null : map(before),
    size: images.length,
  };
}
