import { describe, expect, it } from 'vitest';
import { createOrg, type LocalOrg } from '../local-org/org.ts';
import { simulateDay } from './day.ts';
import { insertContacts } from './insert-contacts.ts';

const REFUSING = 'test/guest/refusing-org';

/** An org with three transfers of contacts, and contacts. */
function orgWith(contacts: number, sources: readonly string[] = []): LocalOrg {
  const org = createOrg({ sources: ['force-app', ...sources] });
  insertContacts(org, contacts);
  org.executeAnonymous(`
    DI_Destination_Project__c project = DI_TestData.project();
    for (Integer index = 0; index < 3; index++) {
      DI_TestData.transfer(project, 'Contact', new List<String>{ 'Email', 'LastName' });
    }`);
  return org;
}

const marked = (org: LocalOrg): unknown[] =>
  [...org.store.all('DI_Data_Transfer__c')].map((row) => row.get('reconcile_reason__c'));

const CHANGE_ALL = `
  List<Contact> contacts = [SELECT Id FROM Contact];
  for (Contact each : contacts) {
    each.LastName = 'Changed';
  }
  update contacts;`;

/** Whatever keeps a change from being recorded does not keep a customer from saving. */
describe('a save that the package cannot record', { timeout: 120_000 }, () => {
  it('passes where a rule of the org refuses the outbox, and the transfers are marked with the reason', () => {
    const org = orgWith(2, [REFUSING]);
    org.executeAnonymous(CHANGE_ALL);
    org.runPending();
    expect([...org.store.all('Contact')].map((row) => row.get('lastname'))).toEqual(['Changed', 'Changed']);
    for (const reason of marked(org)) expect(reason).toContain('A rule of this org.');
  });

  it('is refused where the settings say so', () => {
    const org = orgWith(1, [REFUSING]);
    org.executeAnonymous(
      'insert new DI_Settings__c(SetupOwnerId = UserInfo.getOrganizationId(), Stop_The_Save__c = true);',
    );
    const [refusal] = org.executeAnonymous(
      `try { ${CHANGE_ALL} } catch (DmlException refused) { System.debug(refused.getMessage()); }`,
    );
    expect(refusal).toContain('A rule of this org.');
  });

  it('passes with ten thousand records in one transaction', () => {
    const org = orgWith(10_000);
    org.executeAnonymous(CHANGE_ALL);
    org.runPending();
    expect(marked(org)).toEqual(Array(3).fill(expect.stringContaining('DML rows')));
  });

  it('passes where the transaction has used up its queries', () => {
    const org = orgWith(1);
    const queries =
      'for (Integer index = 0; index < 99; index++) { Integer any = [SELECT COUNT() FROM Account]; }';
    org.executeAnonymous(`${queries} ${CHANGE_ALL}`);
    org.runPending();
    expect(marked(org)).toEqual(Array(3).fill(expect.stringContaining('SOQL queries')));
  });

  it('passes where the heap is nearly full', () => {
    const org = orgWith(1);
    org.heapUsed = 5_900_000;
    org.executeAnonymous(CHANGE_ALL);
    org.heapUsed = 1000;
    org.runPending();
    expect(marked(org)).toEqual(Array(3).fill(expect.stringContaining('bytes of heap')));
  });

  it('leaves the statements to a customer who saves record by record', () => {
    const org = orgWith(95);
    org.executeAnonymous(`
      for (Contact each : [SELECT Id FROM Contact]) {
        each.LastName = 'Changed';
        update each;
      }`);
    org.runPending();
    expect([...org.store.all('Contact')].every((row) => row.get('lastname') === 'Changed')).toBe(true);
    expect(marked(org)).toEqual(Array(3).fill(expect.stringContaining('DML statements of DI Connect')));
  });

  it('is found by reconciling, and sent', () => {
    const day = simulateDay({ hours: 1.5, secondsBetweenChanges: 900, projects: 2, sources: [REFUSING] });
    expect(day.latency.sent).toBeGreaterThanOrEqual(2 * (day.changes - 3));
    expect(day.latency.most).toBeLessThan(40 * 60);
  });
});
