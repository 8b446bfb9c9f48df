import { ApexDatetime } from '../values/dates.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { ObjectSchema } from '../database/schema.ts';
import type { LocalOrg } from '../org.ts';
import { deleteRecord, DELETED_WITH, restoreChildren } from './deletion.ts';
import { deriveFields } from './derived-fields.ts';
import { OPERATION_NAMES, type DmlOperation, type DmlOptions, type RowResult } from './dml.ts';
import { completeDistribution, completeVersion } from './files.ts';
import { applyDefaults, initialise } from './new-values.ts';
import { completeLineItem } from './line-items.ts';
import { brokenRules, defaultsByFormula } from './formula-rules.ts';
import { isSharingHeld, sharingFilter } from './sharing.ts';
import { rollUps } from './roll-ups.ts';
import { noteDml, type Transaction } from './transaction.ts';
import { asStored, isKeyOf, mixes, normalise, truncate } from './saved-values.ts';
import { fireTriggers, type Row } from './trigger-run.ts';
import { validate } from './validation.ts';

/** Up to 200 records on their way: before triggers, checks, the store, after triggers. */
export class Chunk {
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
    const asGiven = rows.map((row) => new Map(row.record.values));
    this.#load(operation, object, rows);
    let good = rows.filter((row) => row.errors.length === 0);
    if (good.length === 0) return;
    const point = this.#org.store.savepoint();
    fireTriggers(this.#transaction, true, operation, object, good);
    good = good.filter((row) => row.errors.length === 0);
    for (const row of good) normalise(row.record);
    if (this.#options.truncates === true) for (const row of good) truncate(row.record);
    for (const row of good)
      row.errors.push(...validate(this.#org, operation, object, row.record, row.before));
    if (operation === 'insert' || operation === 'update')
      for (const row of good.filter((each) => each.errors.length === 0))
        row.errors.push(...brokenRules(this.#transaction, object, row.record, row.before));
    good = good.filter((row) => row.errors.length === 0);
    for (const row of good) this.#write(operation, object, row);
    good = good.filter((row) => row.errors.length === 0);
    // Only after the delete does a loser know whom it was merged into.
    fireTriggers(this.#transaction, false, operation, object, good, this.#options.masterRecordId);
    // Where triggers ran and a record failed, all is taken back, and the good records are saved again, triggers and all, until
    // none fails; statics stay as they are. (Apex Developer Guide, Bulk DML Exception Handling.)
    const kept = good.filter((row) => row.errors.length === 0);
    const isAgain = kept.length < (this.#hasTriggers(operation, object) ? rows.length : good.length);
    if (!isAgain) this.#rollUp(object, good);
    if (!isAgain || this.#options.allOrNone) return;
    this.#org.store.rollback(point);
    for (const row of kept) {
      row.record.values.clear();
      for (const [key, value] of asGiven[rows.indexOf(row)] ?? []) row.record.values.set(key, value);
    }
    for (const row of good) if (operation === 'insert' && !kept.includes(row)) row.record.values.delete('id');
    if (kept.length > 0) this.#runGroup(operation, object, kept);
  }

  #hasTriggers(operation: Row['operation'], object: ObjectSchema): boolean {
    return ['before', 'after'].some(
      (when) => this.#org.triggersOf(object.name, `${when} ${operation}`).length > 0,
    );
  }

  /** Masters whose roll-up summaries change are saved with them, their triggers and all. */
  #rollUp(object: ObjectSchema, rows: readonly Row[]): void {
    const after = rows.map((row) => this.#org.store.get(object.name, row.record.id ?? ''));
    for (const master of rollUps(this.#org, object, [...rows.map((row) => row.before), ...after])) {
      const record = new ApexSObject(master.object);
      record.values.set('id', master.id);
      for (const [key, value] of master.values) record.values.set(key, value);
      const options = { allOrNone: true, writesCalculated: true };
      const [result] = new Chunk(this.#transaction, 'update', [record], options).run();
      for (const error of result?.errors ?? []) rows[0]?.errors.push(error);
    }
  }

  /** What lets records be changed where sharing is held against the code, or the user, that changes them. */
  #sharing(object: ObjectSchema): ReturnType<typeof sharingFilter> {
    const filter = sharingFilter(this.#org, object, 'Edit', this.#transaction.user);
    const isHeld = (): boolean => this.#options.isUserMode === true || isSharingHeld(this.#org);
    return filter !== null && this.#options.isPart !== true && isHeld() ? filter : null;
  }

  /** The stored record behind an update, delete or undelete. */
  #load(operation: Row['operation'], object: ObjectSchema, rows: readonly Row[]): void {
    const filter = operation === 'insert' ? null : this.#sharing(object);
    for (const row of rows) {
      if (operation !== 'delete' && operation !== 'undelete') {
        normalise(row.record);
        this.#relate(object, row);
      }
      if (operation === 'insert') {
        applyDefaults(this.#org, object, row.record);
        defaultsByFormula(this.#transaction, object, row.record);
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
      const isDeleted = stored?.get('isdeleted') === true;
      const refuse = (statusCode: string, message: string): void => {
        row.errors.push({ statusCode, message, fields: [] });
      };
      if (!stored) refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
      else if (operation === 'undelete' && !isDeleted)
        refuse('UNDELETE_FAILED', 'Entity is not in the recycle bin');
      else if (operation !== 'undelete' && isDeleted) refuse('ENTITY_IS_DELETED', 'entity is deleted');
      else if (this.#org.heldByOthers.has(row.record.id))
        refuse('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record');
      else if (filter && !filter(stored))
        refuse('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
      else row.before = stored;
    }
  }

  /** `Account = new Account(Key__c = 'x')`: a parent named by its external id instead of its Id. */
  #relate(object: ObjectSchema, row: Row): void {
    for (const [name, parent] of row.record.parents) {
      const field = object.parents.get(name)?.field;
      if (!field || parent?.id !== null) continue;
      if ((row.record.values.get(field.name.toLowerCase()) ?? null) !== null) continue;
      const key = [...parent.values].find(([each, value]) => {
        const of = parent.schema.fields.get(each);
        return value !== null && of !== undefined && isKeyOf(parent.schema.name, of);
      });
      if (!key) continue;
      const found = this.#org.store
        .findBy(parent.schema.name, key[0], key[1])
        .filter((each) => each.get('isdeleted') !== true);
      const [only] = found;
      if (only && found.length === 1) row.record.values.set(field.name.toLowerCase(), only.get('id') ?? null);
      else
        row.errors.push({
          statusCode: 'INVALID_FIELD',
          message: `Foreign key external ID: ${String(key[1])} not found for field ${key[0]} in entity ${parent.schema.name}`,
          fields: [],
        });
    }
  }

  #write(operation: Row['operation'], object: ObjectSchema, row: Row): void {
    const { store } = this.#org;
    const { record } = row;
    if (operation === 'delete') {
      const refusal = deleteRecord(this.#transaction, object, record.id ?? '', this.#options.masterRecordId);
      if (refusal) row.errors.push(refusal);
      return;
    }
    const now = new ApexDatetime(this.#transaction.now()).stored;
    const userId = this.#transaction.user.id;
    const values = new Map<string, ApexValue>(row.before ?? []);
    if (operation === 'insert') initialise(this.#org, object, record, values, now, userId);
    for (const [key, value] of record.values) {
      const field = object.fields.get(key);
      if (field?.formula !== null) continue;
      const isWritten = field.createable || field.updateable || this.#options.writesCalculated === true;
      if (isWritten || key === 'masterrecordid') values.set(key, asStored(field, value));
    }
    if (operation === 'undelete') {
      values.set('isdeleted', false);
      values.delete(DELETED_WITH);
      restoreChildren(this.#transaction, object, record.id ?? '', row.before);
    }
    values.set('lastmodifieddate', now);
    values.set('lastmodifiedbyid', userId);
    values.set('systemmodstamp', now);
    deriveFields(object, values);
    if (object.name === 'OpportunityLineItem') completeLineItem(this.#org, values);
    const id = operation === 'insert' ? store.newId(object) : (record.id ?? '');
    values.set('id', id);
    // A custom object's record that is given no name is called by its Id.
    const isUnnamed = operation === 'insert' && (values.get('name') ?? null) === null;
    if (isUnnamed && object.kind === 'custom' && object.fields.get('name')?.formula === null)
      values.set('name', id.slice(0, 15));
    if (operation === 'insert' && object.name === 'ContentVersion')
      completeVersion(this.#transaction, id, values, now);
    if (operation === 'insert' && object.name === 'ContentDistribution')
      completeDistribution(this.#transaction, id, values);
    store.put(object.name, id, values);
    record.values.set('id', id);
    this.#org.counters.rowsWritten += 1;
  }
}
