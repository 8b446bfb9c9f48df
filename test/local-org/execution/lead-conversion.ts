import { beanClass, newBean, Bean } from '../library/beans.ts';
import { addStatics } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { ApexDate } from '../values/dates.ts';
import { asApexException, throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { DatabaseError } from './database-class.ts';
import { dmlStatement } from './dml.ts';
import { recordOf } from './trigger-images.ts';
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

/** Converts one lead: account, contact and, unless it is not wanted, an opportunity; then the lead itself is updated. */
function convert(request: Bean): Bean {
  const { org, user } = current();
  const leadId = request.get('leadId');
  const object = org.schema.object('Lead') ?? throwNull();
  const stored = typeof leadId === 'string' ? org.store.get('Lead', leadId) : undefined;
  if (!stored || stored.get('isdeleted') === true)
    throwPlatform(
      'System.DmlException',
      'ConvertLead failed. First exception on row 0; first error: INVALID_CROSS_REFERENCE_KEY, invalid cross reference id: []',
    );
  const lead = recordOf(object, stored);
  if (lead.values.get('isconverted') === true)
    throwPlatform(
      'System.DmlException',
      'ConvertLead failed. First exception on row 0; first error: CANNOT_UPDATE_CONVERTED_LEAD, cannot reference converted lead: []',
    );
  const status = request.get('convertedStatus');
  if (status === null)
    throwPlatform(
      'System.DmlException',
      'ConvertLead failed. First exception on row 0; first error: INVALID_STATUS, invalid convertedStatus: null: []',
    );
  const ownerId = request.get('ownerId') ?? lead.values.get('ownerid') ?? user.id;
  const made = (
    name: string,
    pairs: readonly (readonly [string, string])[],
    more: Record<string, ApexValue>,
  ) => {
    const record = new ApexSObject(org.schema.object(name) ?? throwNull());
    for (const [to, from] of pairs) {
      const value = lead.values.get(from.toLowerCase()) ?? null;
      if (value !== null) record.put(to, value);
    }
    for (const [field, value] of Object.entries(more)) record.put(field, value);
    dmlStatement('insert', record, null);
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
          Name: request.get('opportunityName') ?? lead.values.get('company') ?? null,
          AccountId: accountId,
          OwnerId: ownerId,
          StageName: 'Prospecting',
          CloseDate: endOfQuarter(org.now()),
        }));
  const change = new ApexSObject(object);
  change.put('Id', leadId);
  change.put('Status', status);
  const conversion = new Map<string, ApexValue>([
    ['isconverted', true],
    ['converteddate', new ApexDate(Math.floor(org.now() / 86_400_000))],
    ['convertedaccountid', accountId],
    ['convertedcontactid', contactId],
    ['convertedopportunityid', opportunityId],
  ]);
  // The platform writes these itself: they stand on the record before its triggers see the change.
  for (const [key, value] of conversion) change.values.set(key, value);
  dmlStatement('update', change, null);
  const after = org.store.get('Lead', String(leadId));
  if (after) org.store.put('Lead', String(leadId), new Map([...after, ...conversion]));
  return newBean('Database.LeadConvertResult', {
    success: true,
    leadId,
    accountId,
    contactId,
    opportunityId,
    errors: new ApexList(ERROR),
  });
}

function endOfQuarter(now: number): ApexDate {
  const today = new Date(now);
  return ApexDate.of(today.getUTCFullYear(), Math.floor(today.getUTCMonth() / 3) * 3 + 4, 0);
}

function convertLead(value: ApexValue, allOrNone: boolean): ApexReference {
  const requests = value instanceof ApexList ? value.items : [value];
  current().limits.count('dmlStatements');
  const results = requests.map((request) => {
    if (!(request instanceof Bean)) return throwNull();
    const { store } = current().org;
    const before = store.savepoint();
    try {
      return convert(request);
    } catch (error) {
      const exception = asApexException(error);
      if (allOrNone || !exception) throw error;
      store.rollback(before);
      const problem = new DatabaseError({
        statusCode: 'UNKNOWN_EXCEPTION',
        message: exception.text,
        fields: [],
      });
      return newBean('Database.LeadConvertResult', {
        success: false,
        leadId: request.get('leadId'),
        errors: new ApexList(ERROR, [problem]),
      });
    }
  });
  const [only] = results;
  return value instanceof ApexList ? new ApexList(RESULT, results) : (only ?? throwNull());
}

addStatics('System.Database', {
  'convertLead/1': (value: ApexValue) => convertLead(value, true),
  'convertLead/2': (value: ApexValue, second: ApexValue) => convertLead(value, second !== false),
  'convertLead/3': (value: ApexValue, allOrNone: boolean) => convertLead(value, allOrNone),
});
