import { beforeAll, describe, expect, it } from 'vitest';
import { put } from '../local-org/deployment/permission-sets.ts';
import { createOrg, type LocalOrg } from '../local-org/org.ts';

/** A person is one record to a user, and two to the platform: the page is the account's, what is sent is the contact. */
describe('the page of a person account', { timeout: 120_000 }, () => {
  let org: LocalOrg;
  let account: string;
  let contact: string;
  const debug = (statement: string): string => String(org.executeAnonymous(statement).at(-1));
  const outbox = (): string =>
    [...org.store.all('DI_Outbox__c')].map((row) => String(row.get('changes__c'))).join();

  beforeAll(() => {
    org = createOrg({ sources: ['force-app'] });
    contact = put(org, 'Contact', { lastname: 'Roy', email: 'roy@example.com' });
    account = put(org, 'Account', {
      name: 'Roy',
      lastname: 'Roy',
      personemail: 'roy@example.com',
      ispersonaccount: true,
      personcontactid: contact,
    });
    org.executeAnonymous(`
      insert new PermissionSetAssignment(
        AssigneeId = UserInfo.getUserId(),
        PermissionSetId = [SELECT Id FROM PermissionSet WHERE Name = 'DI_Admin' LIMIT 1].Id
      );`);
    org.executeAnonymous(`
      DI_Destination_Project__c project = DI_TestData.project();
      DI_TestData.transfer(project, 'Contact', new List<String>{ 'Id', 'Email', 'LastName', 'AccountId' });
      DI_TestData.transfer(project, 'Account', new List<String>{ 'Name' });`);
  }, 120_000);

  it('shows the transfers of contacts beside those of accounts, and says that the contact waits', () => {
    org.executeAnonymous(`DI_RecordController.sendNow('${account}');`);
    expect(outbox()).toContain(contact);
    expect(outbox()).toContain(account);
    const shown = debug(`System.debug(JSON.serialize(DI_RecordController.state('${account}').transfers));`);
    expect(shown.match(/"transferName":"(\w+)"/g)).toEqual([
      '"transferName":"Account"',
      '"transferName":"Contact"',
    ]);
    expect(shown.match(/"waitsSince":"/g)).toHaveLength(2);
  });

  it('is no contact’s where the account is a business', () => {
    const business = put(org, 'Account', { name: 'Roy Inc.', ispersonaccount: false });
    const shown = debug(`System.debug(JSON.serialize(DI_RecordController.state('${business}').transfers));`);
    expect(shown.match(/"transferName":"(\w+)"/g)).toEqual(['"transferName":"Account"']);
  });

  it('deletes the contact by the contact’s own id', () => {
    org.executeAnonymous('delete [SELECT Id FROM DI_Outbox__c];');
    org.executeAnonymous(`delete new Account(Id = '${account}');`);
    const [ofContact] = [...org.store.all('DI_Outbox__c')]
      .map((row) => String(row.get('changes__c')))
      .filter((text) => text.includes(`"id":"${contact}"`));
    expect(ofContact).toContain(`"Id":"${contact}"`);
  });
});
