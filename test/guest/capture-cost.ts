import { createOrg } from '../local-org/org.ts';
import { insertContacts } from './insert-contacts.ts';

/** What each transfer sends. */
export const FIELDS = [
  'Email',
  'LastName',
  'FirstName',
  'Phone',
  'MobilePhone',
  'HomePhone',
  'Title',
  'Department',
  'MailingCity',
  'MailingState',
  'MailingStreet',
  'MailingPostalCode',
  'MailingCountry',
  'LeadSource',
  'Birthdate',
  'HasOptedOutOfEmail',
  'DoNotCall',
  'AccountId',
  'Account.Name',
  'Description',
];

/** Milliseconds of a transaction's CPU. */
export interface CaptureCost {
  readonly records: number;
  readonly withoutCapture: number;
  readonly withCapture: number;
}

/**
 * What recording costs a transaction that saves so many contacts, for three transfers of twenty fields. The local org's CPU is
 * not the platform's: the ratio to what the save itself takes, and the share of the limit, are what it tells.
 */
export function captureCost(records: number): CaptureCost {
  const org = createOrg({ sources: ['force-app'] });
  insertContacts(org, records);
  const save = `
    List<Contact> contacts = [SELECT Id, LastName FROM Contact];
    for (Contact each : contacts) {
      each.LastName += 'x';
    }
    Integer before = Limits.getCpuTime();
    update contacts;
    System.debug(Limits.getCpuTime() - before);`;
  const milliseconds = (): number => {
    const rounds = Array.from({ length: 5 }, () =>
      Number(/\d+$/.exec(org.executeAnonymous(save).at(-1) ?? '')?.[0]),
    );
    return rounds.toSorted((left, right) => left - right)[2] ?? NaN;
  };
  const withoutCapture = milliseconds();
  org.executeAnonymous(`
    DI_Destination_Project__c project = DI_TestData.project();
    for (Integer index = 0; index < 3; index++) {
      DI_TestData.transfer(project, 'Contact', new List<String>{ ${FIELDS.map((field) => `'${field}'`).join(', ')} });
    }`);
  return { records, withoutCapture, withCapture: milliseconds() };
}
