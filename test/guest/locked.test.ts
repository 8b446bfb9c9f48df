import { expect, it, vi } from 'vitest';
import { createOrg } from '../local-org/org.ts';

/** An event's trigger is called again with the same events: what it could not write the first time is not lost. */
it(
  'marks a transfer that somebody works on while a change of it could not be recorded',
  {
    timeout: 120_000,
  },
  () => {
    const org = createOrg({ sources: ['force-app'] });
    org.executeAnonymous('DI_TestData.contactTransfer();');
    const [transfer] = [...org.store.all('DI_Data_Transfer__c')];
    const id = String(transfer?.get('id'));
    vi.spyOn(org.heldByOthers, 'has').mockImplementationOnce((each) => each === id);
    org.executeAnonymous("DI_CaptureGap.publish('Contact', 'no room');");
    org.runPending();
    expect(org.store.get('DI_Data_Transfer__c', id)?.get('reconcile_reason__c')).toBe('no room');
  },
);

/** The platform waits ten seconds for a record that somebody else writes, and then throws what no admin understands. */
it('says in words that a load cannot be changed while its page is written', { timeout: 120_000 }, () => {
  const org = createOrg({ sources: ['force-app'] });
  org.executeAnonymous(`
    insert new PermissionSetAssignment(
      AssigneeId = UserInfo.getUserId(),
      PermissionSetId = [SELECT Id FROM PermissionSet WHERE Name = 'DI_Admin' LIMIT 1].Id
    );`);
  org.executeAnonymous(`
    DI_Data_Transfer__c transfer = DI_TestData.contactTransfer();
    insert new DI_Load__c(Transfer__c = transfer.Id, Kind__c = 'Initial', Status__c = 'Running', Processed__c = 0);`);
  const said = (method: string): string | undefined =>
    org
      .executeAnonymous(
        `Id transferId = [SELECT Id FROM DI_Data_Transfer__c].Id;
         try { DI_InitialLoadController.${method}(transferId); System.debug('done'); }
         catch (AuraHandledException problem) { System.debug(problem.getMessage()); }`,
      )
      .at(-1);
  const [load] = [...org.store.all('DI_Load__c')];
  const [transfer] = [...org.store.all('DI_Data_Transfer__c')];
  org.heldByOthers.add(String(load?.get('id')));
  for (const method of ['pauseLoad', 'cancelLoad'])
    expect(said(method)).toContain('Records of this load are being written at this moment.');
  org.heldByOthers.clear();
  org.heldByOthers.add(String(transfer?.get('id')));
  for (const method of ['startLoad', 'reconcileNow'])
    expect(said(method)).toContain('Records of this load are being written at this moment.');
  org.heldByOthers.clear();
  expect(said('pauseLoad')).toContain('done');
});
