import type { ObjectSchema } from '../database/schema.ts';
import type { StoredRecord } from '../database/store.ts';
import { asApexException, isCatchable, throwPlatform } from '../values/exception.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { RowError } from './dml.ts';
import { withFormulas } from './formula-rules.ts';
import type { Transaction } from './transaction.ts';
import { contextOf, frozen, recordOf } from './trigger-images.ts';

/** A record on its way through a statement. */
export interface Row {
  readonly record: ApexSObject;
  readonly position: number;
  operation: 'insert' | 'update' | 'delete' | 'undelete';
  before: StoredRecord | null;
  errors: RowError[];
}

/**
 * Runs the object's triggers with these rows. What they add as errors stands on the rows after. A merge says whom the
 * deleted rows were merged into.
 */
export function fireTriggers(
  transaction: Transaction,
  isBefore: boolean,
  operation: Row['operation'],
  object: ObjectSchema,
  rows: readonly Row[],
  masterRecordId: string | null = null,
): void {
  const event = `${isBefore ? 'before' : 'after'} ${operation}`;
  const triggers = transaction.org.triggersOf(object.name, event);
  if (triggers.length === 0 || rows.length === 0 || (isBefore && operation === 'undelete')) return;
  const images = rows.map((row) => imagesOf(transaction, isBefore, operation, row, masterRecordId));
  const outer = transaction.trigger;
  transaction.triggerDepth += 1;
  if (transaction.triggerDepth > 16) throwPlatform('System.DmlException', 'maximum trigger depth exceeded');
  transaction.trigger = contextOf(isBefore, operation, object, images);
  try {
    for (const trigger of triggers) trigger.run();
  } catch (error) {
    spoil(error, rows, event);
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
function spoil(error: unknown, rows: readonly Row[], event: string): void {
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

function imagesOf(
  transaction: Transaction,
  isBefore: boolean,
  operation: Row['operation'],
  row: Row,
  masterRecordId: string | null,
): { before: ApexSObject | null; after: ApexSObject | null } {
  const object = row.record.schema;
  const before =
    row.before && operation !== 'undelete' ? withFormulas(transaction, recordOf(object, row.before)) : null;
  if (masterRecordId !== null) before?.values.set('masterrecordid', masterRecordId);
  if (before) frozen(before);
  if (operation === 'delete') return { before, after: null };
  if (isBefore) {
    // Before triggers change the record itself; an update shows the fields that were not given as they are stored.
    if (row.before)
      for (const [key, value] of row.before)
        if (!row.record.values.has(key)) row.record.values.set(key, value);
    row.record.isQueried = false;
    return { before, after: withFormulas(transaction, row.record) };
  }
  const stored = transaction.org.store.get(object.name, row.record.id ?? '');
  return { before, after: frozen(withFormulas(transaction, recordOf(object, stored ?? new Map()))) };
}
