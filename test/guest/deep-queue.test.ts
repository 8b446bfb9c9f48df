import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOrg, type LocalOrg } from '../local-org/org.ts';
import { ApexException } from '../local-org/values/exception.ts';
import { Answers } from './answers.ts';
import { deepen } from './deep-queue.ts';
import { insertContacts } from './insert-contacts.ts';

const ROWS = 1_000_000;
const statusSchema = z.object({
  pendingRows: z.number(),
  pendingRecords: z.number(),
  isEstimate: z.boolean(),
  oldestPending: z.string(),
});

const ASK = 'DI_Destination_Project__c project = [SELECT Id FROM DI_Destination_Project__c];';

/** A queue that has grown for weeks keeps the tools that are needed then. */
describe('with a million rows that wait', { timeout: 300_000 }, () => {
  let org: LocalOrg;
  beforeAll(() => {
    const answers = new Answers(200);
    org = createOrg({
      sources: ['force-app', 'test/guest/asking-org'],
      standIn: (request) => answers.to(request),
    });
    org.executeAnonymous('DI_TestData.grantAdmin();');
    insertContacts(org, 3);
    org.executeAnonymous(`
      DI_Data_Transfer__c transfer = DI_TestData.contactTransfer();
      List<Contact> contacts = [SELECT Id FROM Contact];
      for (Contact each : contacts) {
        each.LastName = 'Changed';
      }
      update contacts;`);
    org.bus.clear();
    deepen(org, ROWS);
  }, 300_000);
  afterAll(() => {
    org.close();
  });

  const asked = (code: string) => org.executeAnonymous(`${ASK} ${code}`)[0] ?? '';

  /** What ends a transaction. */
  const refusal = (code: string): string => {
    try {
      org.executeAnonymous(code);
    } catch (error) {
      return error instanceof ApexException ? error.text : String(error);
    }
    return '';
  };

  it('the monitor says how many wait, and since when', () => {
    const status = statusSchema.parse(
      JSON.parse(
        asked(
          'System.debug(LoggingLevel.INFO, JSON.serialize(DI_MonitorController.status(project.Id)));',
        ).replace(/^[^{]*/, ''),
      ),
    );
    expect(status).toMatchObject({ pendingRows: ROWS, pendingRecords: 3 * ROWS, isEstimate: true });
    expect(status.oldestPending).not.toBe('');
  });

  it('a drain sends two hundred of them, the oldest', () => {
    org.executeAnonymous('DI_DrainQueue.askedFor();');
    expect(org.runPending(1)).toBe(1);
    const left = [...org.store.all('DI_Outbox__c')].map((row) => String(row.get('name'))).sort();
    expect(left).toHaveLength(ROWS - 200);
    expect(left[0]).toBe('OB-00000201');
    org.jobs.clear();
  });

  it('a save is recorded, and its event starts a drain', () => {
    const before = org.store.count('DI_Outbox__c');
    org.executeAnonymous(
      "Contact one = [SELECT Id FROM Contact LIMIT 1]; one.LastName = 'Again'; update one;",
    );
    expect(org.store.count('DI_Outbox__c')).toBe(before + 1);
    expect(org.bus.size).toBe(1);
    expect(org.jobs.size).toBe(0);
    org.runPending(1);
    expect(org.jobs.size).toBe(1);
    org.jobs.clear();
  });

  it("a trigger of the customer's that counts them is refused, as the platform refuses it", () => {
    expect(refusal("insert new Lead(LastName = 'Roy', Company = 'Roy');")).toContain(
      'Non-selective query against large object type',
    );
  });

  it('adding up more than fifty thousand rows ends the transaction', () => {
    expect(refusal('AggregateResult[] sums = [SELECT SUM(Record_Count__c) FROM DI_Outbox__c];')).toContain(
      'Too many query rows',
    );
  });
});
