import { ApexList } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import { addStatics, platformClass } from '../library/registry.ts';
import { current } from './transaction.ts';

/** How far back the platform tells of deleted records. */
const DAYS = 30;
const DAY = 86_400_000;
const MINUTE = 60_000;

class DeletedRecord extends PlatformObject {
  readonly id: string;
  readonly at: ApexDatetime;
  constructor(id: string, at: ApexDatetime) {
    super('Database.DeletedRecord');
    this.id = id;
    this.at = at;
  }
}
platformClass({
  name: 'Database.DeletedRecord',
  methods: {
    'getId/0': (record: DeletedRecord) => record.id,
    // Apex is told the day only.
    'getDeletedDate/0': (record: DeletedRecord) => record.at.date(),
  },
});

class GetDeletedResult extends PlatformObject {
  readonly records: readonly DeletedRecord[];
  readonly until: ApexDatetime;
  constructor(records: readonly DeletedRecord[], until: ApexDatetime) {
    super('Database.GetDeletedResult');
    this.records = records;
    this.until = until;
  }
}
platformClass({
  name: 'Database.GetDeletedResult',
  methods: {
    'getDeletedRecords/0': (result: GetDeletedResult) =>
      new ApexList({ kind: 'platform', name: 'Database.DeletedRecord', arguments: [] }, [...result.records]),
    'getLatestDateCovered/0': (result: GetDeletedResult) => result.until.date(),
    'getEarliestDateAvailable/0': () => new ApexDatetime(current().org.now() - DAYS * DAY).date(),
  },
});

/**
 * Database.getDeleted: ids of records that were deleted in a period and still are, whether by themselves or with their
 * parent. The period is a minute long at least and begins within the last 30 days. (SOAP API Guide, getDeleted.)
 */
function getDeleted(
  objectName: string | null,
  start: ApexDatetime | null,
  end: ApexDatetime | null,
): GetDeletedResult {
  const { org } = current();
  const from = start ?? throwNull();
  const until = end ?? throwNull();
  const object =
    org.schema.object(objectName ?? throwNull()) ??
    throwPlatform('System.InvalidParameterValueException', `INVALID_TYPE: ${objectName ?? ''}`);
  if (until.time - from.time < MINUTE || from.time < org.now() - DAYS * DAY)
    throwPlatform(
      'System.InvalidParameterValueException',
      'INVALID_REPLICATION_DATE: startDate must be at least one minute before endDate and within the last 30 days',
    );
  const gone: DeletedRecord[] = [];
  for (const row of org.store.all(object.name)) {
    const at = row.get('systemmodstamp');
    if (row.get('isdeleted') !== true || !(at instanceof ApexDatetime)) continue;
    if (at.time >= from.time && at.time <= until.time)
      gone.push(new DeletedRecord(String(row.get('id')), at));
  }
  return new GetDeletedResult(gone, until);
}

addStatics('System.Database', { 'getDeleted/3': getDeleted });
