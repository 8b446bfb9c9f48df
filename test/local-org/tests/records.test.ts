import path from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTests } from '../execution/tests.ts';
import { createOrg, type LocalOrg } from '../org.ts';
import { ApexException } from '../values/exception.ts';

/** Triggers that put what they see into static lists. */
const SOURCES: Readonly<Record<string, string>> = {
  'Seen.cls': `public class Seen {
    public static List<String> lines = new List<String>();
    public static void note(String line) { lines.add(line); }
  }`,
  'LeadSeen.trigger': `trigger LeadSeen on Lead(after update) {
    for (Lead each : Trigger.new) Seen.note('Lead ' + each.IsConverted + ' ' + Trigger.oldMap.get(each.Id).IsConverted);
  }`,
  'AccountSeen.trigger': `trigger AccountSeen on Account(after insert) { Seen.note('Account ' + Trigger.new[0].Name); }`,
  'ContactSeen.trigger': `trigger ContactSeen on Contact(before delete, after insert, after delete, after update) {
    String state = Trigger.isDelete ? String.valueOf(Trigger.old[0].MasterRecordId != null) : Trigger.new[0].Email;
    Seen.note('Contact ' + Trigger.operationType + ' ' + state);
  }`,
  'Installer.cls': `public class Installer implements InstallHandler {
    public static String seen;
    public void onInstall(InstallContext context) {
      seen = context.isUpgrade() + ' ' + context.isPush() + ' ' + context.previousVersion()?.major();
    }
  }`,
  'Told.notiftype-meta.xml':
    '<CustomNotificationType><masterLabel>Told</masterLabel></CustomNotificationType>',
  'Trouble.cls': `public virtual class Trouble extends Exception {
    public String kind = 'unknown';
    public class Worse extends Trouble { public Integer degree = 2; }
  }`,
  'InstallerTest.cls': `@IsTest private class InstallerTest {
    @IsTest static void aFirstInstallationHasNoVersionBefore() {
      Test.testInstall(new Installer(), null);
      Assert.areEqual('false false null', Installer.seen);
      Test.testInstall(new Installer(), new Version(2, 1), true);
      Assert.areEqual('true true 2', Installer.seen);
      Assert.areEqual(1, new Version(2, 1).compareTo(new Version(2, 0, 7)));
    }
  }`,
};

describe('records in the local org', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'local-org-records-'));
  let org: LocalOrg;
  beforeAll(() => {
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(path.join(folder, name), text);
    org = createOrg({ sources: [folder] });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (source: string): string | undefined => org.executeAnonymous(source).at(-1);
  const LEAD = `Lead lead = new Lead(LastName = 'Roy', Company = 'Acme', Email = 'roy@acme.example'); insert lead;
    Database.LeadConvert convert = new Database.LeadConvert(); convert.setLeadId(lead.Id);
    convert.setConvertedStatus([SELECT MasterLabel FROM LeadStatus WHERE IsConverted = TRUE LIMIT 1].MasterLabel);`;

  it('converts a lead into an account, a contact and an opportunity, with their triggers', () => {
    expect(
      run(`${LEAD} Database.LeadConvertResult result = Database.convertLead(convert);
        Lead after = [SELECT IsConverted, ConvertedAccountId, ConvertedContactId, ConvertedOpportunityId FROM Lead WHERE Id = :lead.Id];
        Assert.areEqual(result.getAccountId(), after.ConvertedAccountId);
        Assert.areEqual(result.getContactId(), after.ConvertedContactId);
        Assert.areEqual('Acme', [SELECT Name FROM Opportunity WHERE Id = :after.ConvertedOpportunityId].Name);
        Assert.areEqual('roy@acme.example', [SELECT Email FROM Contact WHERE AccountId = :after.ConvertedAccountId].Email);
        System.debug(result.isSuccess() + ' ' + Seen.lines);`),
    ).toBe('true (Account Acme, Contact AFTER_INSERT roy@acme.example, Lead true false)');
  });

  it('counts a conversion as one statement and takes it back where it fails', () => {
    expect(run(`${LEAD} Database.convertLead(convert); System.debug(Limits.getDmlStatements());`)).toBe('2');
    const failing = `${LEAD} convert.setConvertedStatus('Open'); Database.convertLead(convert);`;
    expect(() => run(failing)).toThrow(ApexException);
    expect(
      run(
        `${LEAD} convert.setConvertedStatus('Open'); Database.LeadConvertResult result = Database.convertLead(convert, false);
          System.debug(result.isSuccess() + ' ' + result.getErrors()[0].getStatusCode());`,
      ),
    ).toBe('false INVALID_STATUS');
  });

  it('lets triggers see after the delete, not before, whom a loser was merged into', () => {
    expect(
      run(`List<Contact> both = new List<Contact>{ new Contact(LastName = 'A', Email = 'a@b.ca'), new Contact(LastName = 'B') };
        insert both; Seen.lines.clear(); Integer before = Limits.getDmlStatements();
        merge both[0] both[1];
        Assert.areEqual(1, Limits.getDmlStatements() - before);
        Assert.areEqual(both[0].Id, [SELECT MasterRecordId FROM Contact WHERE Id = :both[1].Id ALL ROWS].MasterRecordId);
        System.debug(Seen.lines);`),
    ).toBe('(Contact BEFORE_DELETE false, Contact AFTER_DELETE true, Contact AFTER_UPDATE a@b.ca)');
  });

  it('tells of records that were deleted in a period, cascades among them', () => {
    expect(
      run(`Account account = new Account(Name = 'Gone'); insert account;
        Contact child = new Contact(LastName = 'Child', AccountId = account.Id); insert child;
        Contact back = new Contact(LastName = 'Back'); insert back; delete back; undelete back;
        delete account;
        Set<Id> ids = new Set<Id>();
        for (Database.DeletedRecord each : Database.getDeleted('Contact', System.now().addMinutes(-5), System.now().addMinutes(1)).getDeletedRecords()) {
          ids.add(each.getId());
          Assert.areEqual(System.today(), each.getDeletedDate());
        }
        System.debug(ids.contains(child.Id) + ' ' + ids.contains(back.Id));`),
    ).toBe('true false');
    expect(() => run(`Database.getDeleted('Contact', System.now(), System.now());`)).toThrow(ApexException);
  });

  it('refuses a lookup to a record that was deleted', () => {
    expect(
      run(`Account account = new Account(Name = 'Gone'); insert account; delete account;
        Database.SaveResult result = Database.insert(new Contact(LastName = 'A', AccountId = account.Id), false);
        System.debug(result.getErrors()[0].getStatusCode());`),
    ).toBe('ENTITY_IS_DELETED');
  });

  it('hands a query to the method that takes a list', () => {
    expect(
      run(`delete [SELECT Id FROM Contact];
        insert new List<Contact>{ new Contact(LastName = 'A'), new Contact(LastName = 'B') };
        System.debug(Database.delete([SELECT Id FROM Contact], false).size());
        Database.delete([SELECT Id FROM Contact], false);`),
    ).toBe('2');
  });

  it('gives the fields of a custom exception their values', () => {
    expect(
      run(
        `Trouble.Worse worse = new Trouble.Worse('why'); System.debug(worse.kind + worse.degree + worse.getMessage());`,
      ),
    ).toBe('unknown2why');
  });

  it('sends a custom notification to those it names, and refuses one that is not whole', () => {
    const notice = `Messaging.CustomNotification notice = new Messaging.CustomNotification();
      notice.setTitle('Set aside'); notice.setBody('Look'); notice.setTargetId(UserInfo.getUserId());
      notice.setNotificationTypeId([SELECT Id FROM CustomNotificationType WHERE DeveloperName = 'Told'].Id);`;
    run(`${notice} notice.send(new Set<String>{ UserInfo.getUserId() });`);
    expect(org.notifications).toMatchObject([
      { title: 'Set aside', body: 'Look', recipients: [org.admin.id] },
    ]);
    expect(() => run(`${notice} notice.send(new Set<String>());`)).toThrow(ApexException);
    expect(() => run(`${notice} notice.setTitle(null); notice.send(null);`)).toThrow(ApexException);
  });

  it('runs a post-install script in a test', () => {
    expect(runTests(org).map((outcome) => outcome.failure)).toEqual([null]);
  });
});
