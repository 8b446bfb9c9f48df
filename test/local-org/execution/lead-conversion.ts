import { beanClass, newBean, Bean } from '../library/beans.ts';
import { addStatics } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { ApexDate } from '../values/dates.ts';
import { throwNull, type ApexException } from '../values/exception.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import type { StoredRecord } from '../database/store.ts';
import { DatabaseError } from './results.ts';
import { dmlException, executeDml, type DmlOptions, type RowError } from './dml.ts';
import { current } from './transaction.ts';

const ERROR: TypeRef = { kind: 'platform', name: 'Database.Error', arguments: [] };
const RESULT: TypeRef = { kind: 'platform', name: 'Database.LeadConvertResult', arguments: [] };

beanClass('Database.LeadConvert', {
  defaults: () => ({
    doNotCreateOpportunity: false,
    overwriteLeadSource: false,
    sendNotificationEmail: false,
  }),
});
beanClass('Database.LeadConvertResult');

/** Fields of a lead that go to the new records under other names. */
const TO_ACCOUNT: readonly (readonly [string, string])[] = [
  ['Name', 'Company'],
  ['Phone', 'Phone'],
  ['Fax', 'Fax'],
  ['Website', 'Website'],
  ['Industry', 'Industry'],
  ['AnnualRevenue', 'AnnualRevenue'],
  ['NumberOfEmployees', 'NumberOfEmployees'],
  ['BillingStreet', 'Street'],
  ['BillingCity', 'City'],
  ['BillingState', 'State'],
  ['BillingPostalCode', 'PostalCode'],
  ['BillingCountry', 'Country'],
];
const TO_CONTACT: readonly (readonly [string, string])[] = [
  ['FirstName', 'FirstName'],
  ['LastName', 'LastName'],
  ['Salutation', 'Salutation'],
  ['Title', 'Title'],
  ['Email', 'Email'],
  ['Phone', 'Phone'],
  ['MobilePhone', 'MobilePhone'],
  ['Fax', 'Fax'],
  ['LeadSource', 'LeadSource'],
  ['Description', 'Description'],
  ['MailingStreet', 'Street'],
  ['MailingCity', 'City'],
  ['MailingState', 'State'],
  ['MailingPostalCode', 'PostalCode'],
  ['MailingCountry', 'Country'],
];

/** What a lead became, or the errors that stopped it. */
interface Conversion {
  readonly leadId: ApexValue;
  readonly accountId: ApexValue;
  readonly contactId: ApexValue;
  readonly opportunityId: ApexValue;
  readonly errors: readonly RowError[];
}

/** Why the lead cannot be converted at all. */
function refusal(request: Bean, lead: StoredRecord | undefined): RowError | null {
  const error = (statusCode: string, message: string): RowError => ({ statusCode, message, fields: [] });
  if (!lead || lead.get('isdeleted') === true)
    return error('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (lead.get('isconverted') === true)
    return error('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  const status = request.get('convertedStatus');
  const isConvertedStatus = current()
    .org.store.findBy('LeadStatus', 'MasterLabel', status)
    .some((row) => row.get('isconverted') === true);
  return isConvertedStatus ? null : error('INVALID_STATUS', `invalid convertedStatus: ${String(status)}`);
}

/** Saves a record as a part of the conversion and answers what stopped it. */
function save(
  operation: 'insert' | 'update',
  record: ApexSObject,
  options: Partial<DmlOptions> = {},
): readonly RowError[] {
  const [result] = executeDml(operation, [record], { ...options, allOrNone: true, isPart: true });
  return result?.errors ?? [];
}

/** An account, a contact and, unless it is not wanted, an opportunity, in this order; then the lead points at them. */
function convert(request: Bean): Conversion {
  const { org, user } = current();
  const leadId = request.get('leadId');
  const lead = typeof leadId === 'string' ? org.store.get('Lead', leadId) : undefined;
  const refused = refusal(request, lead);
  if (refused || !lead)
    return {
      leadId,
      accountId: null,
      contactId: null,
      opportunityId: null,
      errors: refused ? [refused] : [],
    };
  const errors: RowError[] = [];
  const ownerId = request.get('ownerId') ?? lead.get('ownerid') ?? user.id;
  const made = (
    name: string,
    pairs: readonly (readonly [string, string])[],
    more: Record<string, ApexValue>,
  ): ApexValue => {
    if (errors.length > 0) return null;
    const record = new ApexSObject(org.schema.object(name) ?? throwNull());
    for (const [to, from] of pairs) {
      const value = lead.get(from.toLowerCase()) ?? null;
      if (value !== null) record.put(to, value);
    }
    for (const [field, value] of Object.entries(more)) record.put(field, value);
    errors.push(...save('insert', record));
    return record.id;
  };
  const accountId = request.get('accountId') ?? made('Account', TO_ACCOUNT, { OwnerId: ownerId });
  const contactId =
    request.get('contactId') ?? made('Contact', TO_CONTACT, { OwnerId: ownerId, AccountId: accountId });
  const opportunityId =
    request.get('opportunityId') ??
    (request.get('doNotCreateOpportunity') === true
      ? null
      : made('Opportunity', [['LeadSource', 'LeadSource']], {
          Name: request.get('opportunityName') ?? lead.get('company') ?? null,
          AccountId: accountId,
          OwnerId: ownerId,
          StageName: 'Prospecting',
          CloseDate: endOfQuarter(org.now()),
        }));
  if (errors.length === 0) {
    const change = new ApexSObject(org.schema.object('Lead') ?? throwNull());
    const noted: Readonly<Record<string, ApexValue>> = {
      id: leadId,
      status: request.get('convertedStatus'),
      isconverted: true,
      converteddate: new ApexDate(Math.floor(org.now() / 86_400_000)),
      convertedaccountid: accountId,
      convertedcontactid: contactId,
      convertedopportunityid: opportunityId,
    };
    for (const [key, value] of Object.entries(noted)) change.values.set(key, value);
    // Nobody but the platform may write these; they stand on the lead before its triggers see the change.
    errors.push(...save('update', change, { writesCalculated: true }));
  }
  return { leadId, accountId, contactId, opportunityId, errors };
}

function endOfQuarter(now: number): ApexDate {
  const today = new Date(now);
  return ApexDate.of(today.getUTCFullYear(), Math.floor(today.getUTCMonth() / 3) * 3 + 4, 0);
}

/** Database.convertLead: one statement; with allOrNone a failure takes all of it back and throws. */
function convertLead(value: ApexValue, allOrNone: boolean): ApexReference {
  const items = value instanceof ApexList ? value.items : [value];
  const requests = items.map((item) => (item instanceof Bean ? item : throwNull()));
  const { limits, org } = current();
  limits.count('dmlStatements');
  limits.count('dmlRows', requests.length);
  const start = org.store.savepoint();
  const conversions = requests.map((request) => {
    const before = org.store.savepoint();
    const conversion = convert(request);
    if (conversion.errors.length > 0) org.store.rollback(before);
    return conversion;
  });
  if (allOrNone && conversions.some((each) => each.errors.length > 0)) {
    org.store.rollback(start);
    throw conversionException(conversions);
  }
  const results = conversions.map(resultOf);
  const [only] = results;
  return value instanceof ApexList ? new ApexList(RESULT, results) : (only ?? throwNull());
}

function resultOf({ leadId, accountId, contactId, opportunityId, errors }: Conversion): Bean {
  const isSuccess = errors.length === 0;
  return newBean('Database.LeadConvertResult', {
    success: isSuccess,
    leadId,
    accountId: isSuccess ? accountId : null,
    contactId: isSuccess ? contactId : null,
    opportunityId: isSuccess ? opportunityId : null,
    errors: new ApexList(
      ERROR,
      errors.map((error) => new DatabaseError(error)),
    ),
  });
}

function conversionException(conversions: readonly Conversion[]): ApexException {
  const object = current().org.schema.object('Lead') ?? throwNull();
  const leads = conversions.map(({ leadId }) => {
    const lead = new ApexSObject(object);
    lead.values.set('id', leadId);
    return lead;
  });
  const rows = conversions.map(({ errors }) => ({ id: null, created: false, errors }));
  const exception = dmlException('update', leads, rows);
  exception.apexMessage = exception.text.replace(/^Update failed/, 'ConvertLead failed');
  return exception;
}

addStatics('System.Database', {
  'convertLead/1': (value: ApexValue) => convertLead(value, true),
  'convertLead/2': (value: ApexValue, second: ApexValue) => convertLead(value, second !== false),
  'convertLead/3': (value: ApexValue, allOrNone: boolean) => convertLead(value, allOrNone),
});
