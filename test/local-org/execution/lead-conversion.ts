import { ApexList } from '../values/collections.ts';
import { ApexDate } from '../values/dates.ts';
import { throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { addStatics, platformClass, type PlatformFunction } from '../library/registry.ts';
import type { StoredRecord } from '../database/store.ts';
import { dmlException, executeDml, recordOf, type RowError, type RowResult } from './dml.ts';
import { current } from './transaction.ts';

/** What a lead becomes. (Apex Reference Guide, LeadConvert Class.) */
class LeadConvert extends PlatformObject {
  readonly values = new Map<string, ApexValue>();
  constructor() {
    super('Database.LeadConvert');
  }

  text(name: string): string | null {
    const value = this.values.get(name) ?? null;
    return typeof value === 'string' ? value : null;
  }
}

const FIELDS = [
  'LeadId',
  'AccountId',
  'ContactId',
  'OpportunityId',
  'OpportunityName',
  'OwnerId',
  'ConvertedStatus',
] as const;
const FLAGS = ['DoNotCreateOpportunity', 'OverwriteLeadSource', 'SendNotificationEmail'] as const;
const methods: Record<string, PlatformFunction> = {};
for (const name of FIELDS) methods[`get${name}/0`] = (convert: LeadConvert) => convert.text(name);
for (const name of FLAGS)
  methods[`is${name}/0`] = (convert: LeadConvert) => convert.values.get(name) === true;
for (const name of [...FIELDS, ...FLAGS]) {
  methods[`set${name}/1`] = (convert: LeadConvert, value: ApexValue) => {
    convert.values.set(name, value);
  };
}
platformClass({
  name: 'Database.LeadConvert',
  constructors: { 'new/0': () => new LeadConvert() },
  methods,
});

interface Converted {
  readonly leadId: string | null;
  readonly accountId: string | null;
  readonly contactId: string | null;
  readonly opportunityId: string | null;
  readonly errors: readonly RowError[];
}

class LeadConvertResult extends PlatformObject {
  readonly converted: Converted;
  constructor(converted: Converted) {
    super('Database.LeadConvertResult');
    this.converted = converted;
  }
}
platformClass({
  name: 'Database.LeadConvertResult',
  methods: {
    'isSuccess/0': (result: LeadConvertResult) => result.converted.errors.length === 0,
    'getLeadId/0': (result: LeadConvertResult) => result.converted.leadId,
    'getAccountId/0': (result: LeadConvertResult) => result.converted.accountId,
    'getContactId/0': (result: LeadConvertResult) => result.converted.contactId,
    'getOpportunityId/0': (result: LeadConvertResult) => result.converted.opportunityId,
  },
});

/** What was inserted or changed, or the errors that stopped it. */
function save(operation: 'insert' | 'update', record: ApexSObject): RowResult {
  const [result] = executeDml(operation, [record], { allOrNone: true, isPart: true });
  return result ?? throwNull();
}

function newRecord(name: string, values: Readonly<Record<string, ApexValue>>): ApexSObject {
  const object = current().org.schema.object(name);
  if (!object) throw new Error(`${name} is missing from the schema.`);
  const record = new ApexSObject(object);
  for (const [field, value] of Object.entries(values)) if (value !== null) record.put(field, value);
  return record;
}

function refusal(convert: LeadConvert, lead: StoredRecord | undefined): RowError | null {
  const error = (statusCode: string, message: string, field: string): RowError => ({
    statusCode,
    message,
    fields: [field],
  });
  if (!lead || lead.get('isdeleted') === true)
    return error('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot find lead to convert', 'LeadId');
  if (lead.get('isconverted') === true)
    return error('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', 'LeadId');
  const status = convert.text('ConvertedStatus');
  const isConvertedStatus = current()
    .org.store.findBy('LeadStatus', 'MasterLabel', status)
    .some((row) => row.get('isconverted') === true);
  if (!isConvertedStatus)
    return error('INVALID_STATUS', `invalid convertedStatus: ${status ?? 'null'}`, 'ConvertedStatus');
  return null;
}

/** An account, a contact and, unless it is not wanted, an opportunity, in this order; then the lead points at them. */
function convertOne(convert: LeadConvert): Converted {
  const { org } = current();
  const leadId = convert.text('LeadId');
  const lead = org.store.get('Lead', leadId ?? '');
  const nothing = { leadId, accountId: null, contactId: null, opportunityId: null };
  const refused = refusal(convert, lead);
  const leadObject = org.schema.object('Lead');
  if (refused || !lead || !leadObject) return { ...nothing, errors: refused ? [refused] : [] };
  const of = (field: string): ApexValue => lead.get(field.toLowerCase()) ?? null;
  const owner = convert.text('OwnerId') ?? of('OwnerId');
  const made: RowResult[] = [];
  const idOf = (given: string | null, record: () => ApexSObject): string | null => {
    if (given !== null || made.some((each) => each.errors.length > 0)) return given;
    const result = save('insert', record());
    made.push(result);
    return result.id;
  };
  const accountId = idOf(convert.text('AccountId'), () =>
    newRecord('Account', { Name: of('Company'), Phone: of('Phone'), Website: of('Website'), OwnerId: owner }),
  );
  const contactId = idOf(convert.text('ContactId'), () => contactOf(of, accountId, owner));
  const isWanted =
    convert.values.get('DoNotCreateOpportunity') !== true || convert.text('OpportunityId') !== null;
  const opportunityId = isWanted
    ? idOf(convert.text('OpportunityId'), () =>
        newRecord('Opportunity', {
          Name: convert.text('OpportunityName') ?? of('Company'),
          AccountId: accountId,
          StageName: 'Prospecting',
          CloseDate: endOfQuarter(),
          LeadSource: of('LeadSource'),
          OwnerId: owner,
        }),
      )
    : null;
  if (made.every((each) => each.errors.length === 0)) {
    const changed = recordOf(leadObject, lead);
    changed.isQueried = false;
    const facts: Readonly<Record<string, ApexValue>> = {
      status: convert.text('ConvertedStatus'),
      isconverted: true,
      converteddate: new ApexDate(today()),
      convertedaccountid: accountId,
      convertedcontactid: contactId,
      convertedopportunityid: opportunityId,
    };
    for (const [field, value] of Object.entries(facts)) changed.values.set(field, value);
    made.push(save('update', changed));
  }
  const errors = made.flatMap((each) => each.errors);
  return { leadId, accountId, contactId, opportunityId, errors };
}

function contactOf(
  of: (field: string) => ApexValue,
  accountId: string | null,
  owner: ApexValue,
): ApexSObject {
  const same = [
    'FirstName',
    'LastName',
    'Salutation',
    'Email',
    'Phone',
    'MobilePhone',
    'Title',
    'LeadSource',
  ];
  return newRecord('Contact', {
    ...Object.fromEntries(same.map((field): [string, ApexValue] => [field, of(field)])),
    AccountId: accountId,
    OwnerId: owner,
  });
}

const DAY = 86_400_000;
function today(): number {
  return Math.floor(current().org.now() / DAY);
}

/** Where an opportunity made by a conversion closes: with the quarter. */
function endOfQuarter(): ApexDate {
  const now = new Date(current().org.now());
  const quarter = Math.floor(now.getUTCMonth() / 3);
  return new ApexDate(Math.floor(Date.UTC(now.getUTCFullYear(), quarter * 3 + 3, 0) / DAY));
}

/** Database.convertLead: one statement; with allOrNone a failure takes all of it back and throws. */
function convertLead(value: ApexValue, ...rest: ApexValue[]): ApexReference {
  const transaction = current();
  const converts = (value instanceof ApexList ? value.items : [value]).map((each) =>
    each instanceof LeadConvert ? each : throwNull(),
  );
  const allOrNone = rest.find((each) => typeof each === 'boolean') ?? true;
  transaction.limits.count('dmlStatements');
  transaction.limits.count('dmlRows', converts.length);
  const start = transaction.org.store.savepoint();
  const outcomes = converts.map((convert) => {
    const point = transaction.org.store.savepoint();
    const converted = convertOne(convert);
    if (converted.errors.length > 0) transaction.org.store.rollback(point);
    return converted;
  });
  if (allOrNone && outcomes.some((each) => each.errors.length > 0)) {
    transaction.org.store.rollback(start);
    const leads = outcomes.map((each) => newRecord('Lead', { Id: each.leadId }));
    const rows = outcomes.map((each) => ({ id: each.leadId, created: false, errors: each.errors }));
    const failure = dmlException('update', leads, rows);
    failure.apexMessage = failure.text.replace(/^Update failed/, 'ConvertLead failed');
    throw failure;
  }
  const results = outcomes.map((each) => new LeadConvertResult(each));
  const [only] = results;
  return value instanceof ApexList
    ? new ApexList({ kind: 'platform', name: 'Database.LeadConvertResult', arguments: [] }, results)
    : (only ?? throwNull());
}

addStatics('System.Database', {
  'convertLead/1': convertLead,
  'convertLead/2': convertLead,
  'convertLead/3': convertLead,
});
