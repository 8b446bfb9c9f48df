import { createOrg, type LocalOrg } from '../local-org/org.ts';
import { FIELDS } from './capture-cost.ts';
import { insertContacts } from './insert-contacts.ts';

/** Statements of the package that ran, whatever machine ran them. */
function statementsOf(org: LocalOrg): number {
  return org.program
    .coverage()
    .filter(({ file }) => file.startsWith('force-app/main'))
    .flatMap(({ lines }) => [...lines.values()])
    .reduce((sum, count) => sum + count, 0);
}

/**
 * How many statements of the package a save of contacts runs, for transfers of twenty fields each.
 */
export function captureStatements(
  records: number,
  changed: 'MailingCity' | 'Description',
  transfers = 3,
): number {
  const org = createOrg({ sources: ['force-app'], coverage: true });
  insertContacts(org, records);
  org.executeAnonymous(`
    DI_Destination_Project__c project = DI_TestData.project();
    for (Integer index = 0; index < ${transfers}; index++) {
      DI_TestData.transfer(project, 'Contact', new List<String>{ ${FIELDS.map((field) => `'${field}'`).join(', ')} });
    }`);
  const before = statementsOf(org);
  org.executeAnonymous(`
    List<Contact> contacts = [SELECT Id FROM Contact];
    for (Contact each : contacts) {
      each.${changed} = 'Changed';
    }
    update contacts;`);
  return statementsOf(org) - before;
}
