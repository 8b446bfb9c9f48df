import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrg, type LocalOrg } from '../local-org/org.ts';

/** Apex itself cannot see whom a notification reached; the local org can. */
describe('the notice of what was set aside', () => {
  let org: LocalOrg;
  beforeAll(() => {
    org = createOrg({ sources: ['force-app'] });
  });
  afterAll(() => {
    org.close();
  });

  const transferOf = (name: string): string => `new DI_Data_Transfer__c(Name = '${name}',
    Destination_Project__c = project.Id, Source_Object__c = 'Contact', DI_Object_Name__c = 'Contact')`;

  it('reaches owners and DI admins who are active, once for all transfers', () => {
    org.executeAnonymous(`
      User admin = DI_TestData.user('asked'); insert admin;
      User away = DI_TestData.user('away'); away.IsActive = false; insert away;
      PermissionSet granted = [SELECT Id FROM PermissionSet WHERE Name = 'DI_Admin'];
      insert new List<PermissionSetAssignment>{
        new PermissionSetAssignment(AssigneeId = admin.Id, PermissionSetId = granted.Id),
        new PermissionSetAssignment(AssigneeId = away.Id, PermissionSetId = granted.Id) };`);
    org.executeAnonymous(`
      DI_Destination_Project__c project = DI_TestData.project();
      List<DI_Data_Transfer__c> transfers = new List<DI_Data_Transfer__c>{ ${transferOf('Two')}, ${transferOf('One')} };
      insert transfers;
      DI_TransferNotice.setAside(new Map<Id, SObject>(transfers).keySet());`);
    const [asked] = org.executeAnonymous("System.debug([SELECT Id FROM User WHERE LastName = 'asked'].Id);");
    expect(org.notifications).toMatchObject([{ title: 'DI Connect set changes aside' }]);
    const [notice] = org.notifications;
    expect(notice?.body).toContain('One, Two: changes could not be delivered');
    expect([...(notice?.recipients ?? [])].sort()).toEqual([org.admin.id, asked].sort());
  });
});
