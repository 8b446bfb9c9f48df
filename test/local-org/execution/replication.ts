import { beanClass, newBean } from '../library/beans.ts';
import { addStatics } from '../library/registry.ts';
import type { StoredRecord } from '../database/store.ts';
import { ApexList } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { current } from './transaction.ts';

const ID: TypeRef = { kind: 'primitive', name: 'Id' };
beanClass('Database.GetUpdatedResult');
beanClass('Database.GetDeletedResult');
beanClass('Database.DeletedRecord');

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How far back the platform tells of changes, and of deletes. */
const UPDATED_DAYS = 30;
const DELETED_DAYS = 15;

/**
 * Rows of an object whose last change lies in a period, which is a minute long at least and begins within the last
 * 30 days, of deletes 15. (SOAP API Guide, getUpdated and getDeleted.) Records deleted with their parent count as deleted.
 */
function changed(
  objectName: string | null,
  start: ApexDatetime | null,
  end: ApexDatetime | null,
  isDeleted: boolean,
): StoredRecord[] {
  const { org } = current();
  const from = start ?? throwNull();
  const to = end ?? throwNull();
  const object =
    org.schema.object(objectName ?? throwNull()) ??
    throwPlatform('System.InvalidParameterValueException', `INVALID_TYPE: ${objectName ?? ''}`);
  const days = isDeleted ? DELETED_DAYS : UPDATED_DAYS;
  if (to.time - from.time < MINUTE || from.time < org.now() - days * DAY)
    throwPlatform(
      'System.InvalidParameterValueException',
      `INVALID_REPLICATION_DATE: startDate must be at least one minute before endDate and within the last ${days} days`,
    );
  return [...org.store.all(object.name)].filter((row) => {
    const at = row.get('systemmodstamp');
    const isIn = at instanceof ApexDatetime && at.time >= from.time && at.time <= to.time;
    return isIn && (row.get('isdeleted') === true) === isDeleted;
  });
}

/** Apex is told the day only. */
const dayOf = (at: ApexValue | undefined): ApexValue => (at instanceof ApexDatetime ? at.date() : null);

addStatics('System.Database', {
  'getUpdated/3': (name: string, from: ApexDatetime, to: ApexDatetime) =>
    newBean('Database.GetUpdatedResult', {
      ids: new ApexList(
        ID,
        changed(name, from, to, false).map((row) => row.get('id') ?? null),
      ),
      latestDateCovered: to.date(),
    }),
  'getDeleted/3': (name: string, from: ApexDatetime, to: ApexDatetime) =>
    newBean('Database.GetDeletedResult', {
      deletedRecords: new ApexList(
        { kind: 'platform', name: 'Database.DeletedRecord', arguments: [] },
        changed(name, from, to, true).map((row) =>
          newBean('Database.DeletedRecord', {
            id: row.get('id') ?? null,
            deletedDate: dayOf(row.get('systemmodstamp')),
          }),
        ),
      ),
      earliestDateAvailable: new ApexDatetime(current().org.now() - DELETED_DAYS * DAY).date(),
      latestDateCovered: to.date(),
    }),
});
