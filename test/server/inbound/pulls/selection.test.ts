import { describe, expect, it } from 'vitest';
import { readCustomQuery } from '../../../../server/src/inbound/pulls/custom-query.ts';
import { nextPullRun, scheduleSchema } from '../../../../server/src/inbound/pulls/pull-schema.ts';
import { batchOf } from '../../../../server/src/inbound/pulls/pulled-records.ts';
import { backOff } from '../../../../server/src/jobs/back-off.ts';
import { PAUSES } from '../../../../server/src/salesforce/failed-run.ts';
import {
  changedQueries,
  checkSelection,
  fullQueries,
} from '../../../../server/src/inbound/pulls/selection.ts';

const MAPPED = ['Email', 'LastName', 'Account.Name'];
const ID = '003000000000001AAA';
const STAMP = '2026-11-20T10:00:00.000Z';

describe('a custom query', () => {
  it('keeps its condition, order and limit, and gets the fields of the run', () => {
    const query = readCustomQuery(
      "select Email, Account.Name from Contact where LastName like 'O\\'B%' and (Email != null or HasOptedOutOfEmail = false) order by LastName limit 500",
      'Contact',
    );
    expect(query.fields).toEqual(['Email', 'Account.Name']);
    expect(query.select(['Id', 'Email'])).toBe(
      "SELECT Id, Email FROM Contact WHERE LastName like 'O\\'B%' AND (Email != NULL OR HasOptedOutOfEmail = FALSE) ORDER BY LastName LIMIT 500",
    );
    expect(query.count).toBe(
      "SELECT COUNT(Id) n FROM Contact WHERE LastName like 'O\\'B%' AND (Email != NULL OR HasOptedOutOfEmail = FALSE)",
    );
    expect(query.limit).toBe(500);
  });

  it.each([
    ['DELETE FROM Contact', 'no SOQL'],
    ['SELECT Email FROM Lead', 'FROM Contact'],
    ['SELECT COUNT() FROM Contact', 'COUNT()'],
    ['SELECT FIELDS(ALL) FROM Contact LIMIT 10', 'FIELDS(ALL)'],
    ['SELECT Email, (SELECT Id FROM Cases) FROM Contact', 'records within records'],
    ['SELECT Email e FROM Contact GROUP BY Email', 'no GROUP BY'],
    ['SELECT Email FROM Contact FOR UPDATE', 'no FOR'],
    ['SELECT Email FROM Contact LIMIT 5 OFFSET 5', 'no OFFSET'],
    ['SELECT c.Email FROM Contact c', 'alias'],
    ['SELECT Email FROM Contact WHERE Email = :email', 'no SOQL'],
    ['SELECT Email FROM Contact; SELECT Id FROM User', 'no SOQL'],
    ["SELECT Email FROM Contact WHERE Email = 'a' OR", 'no SOQL'],
  ])('%s is refused, and says why', (soql, reason) => {
    expect(() => readCustomQuery(soql, 'Contact')).toThrow(reason);
  });

  it('may only select what the transfer maps', () => {
    const selection = { type: 'query', soql: 'SELECT Id, email, Phone, Fax FROM Contact' } as const;
    expect(() => {
      checkSelection(selection, 'Contact', MAPPED);
    }).toThrow('The query selects Phone, Fax, which the transfer maps to no column.');
  });
});

describe('the queries of a run', () => {
  it('ask for everything, or for what a checkbox says', () => {
    expect(fullQueries({ type: 'all' }, 'Lead', MAPPED).records).toBe(
      'SELECT Id, SystemModstamp, Email, LastName, Account.Name FROM Lead',
    );
    expect(fullQueries({ type: 'checkbox', field: 'Newsletter__c' }, 'Contact', ['Email']).records).toBe(
      'SELECT Id, SystemModstamp, Email FROM Contact WHERE Newsletter__c = TRUE',
    );
  });

  it('ask for changes whatever the checkbox says, since an unchecked record has to be seen', () => {
    const queries = changedQueries({ type: 'checkbox', field: 'Newsletter__c' }, 'Contact', ['Email'], STAMP);
    expect(queries.records).toBe(
      `SELECT Id, SystemModstamp, IsDeleted, Email, Newsletter__c FROM Contact WHERE SystemModstamp >= ${STAMP}`,
    );
    expect(queries.withDeleted).toBe(true);
  });

  it('name no field twice', () => {
    const queries = changedQueries(
      { type: 'checkbox', field: 'newsletter__c' },
      'Contact',
      ['Id', 'systemmodstamp', 'Newsletter__c'],
      STAMP,
    );
    expect(queries.records).toContain('SELECT Id, SystemModstamp, IsDeleted, Newsletter__c FROM');
  });
});

describe('a page of records', () => {
  const queries = changedQueries({ type: 'checkbox', field: 'News__c' }, 'Contact', MAPPED, STAMP);

  it('becomes a batch: values by path, from nested parents as from flat text', () => {
    const nested = {
      Id: ID,
      SystemModstamp: '2026-11-20T10:00:00.000+0000',
      IsDeleted: false,
      News__c: true,
      Email: 'a@b.ca',
      LastName: 'Côté',
      Account: { attributes: {}, Name: 'Acme' },
    };
    const flat = { ...nested, IsDeleted: 'false', News__c: 'true', Account: null, 'Account.Name': 'Acme' };
    const orphan = { ...nested, Account: null };
    const { body, newest } = batchOf('Contact', queries, [nested, flat, orphan]);
    expect(body.fields).toEqual(['Id', 'SystemModstamp', 'Email', 'LastName', 'Account.Name']);
    expect(body.upserts).toEqual([
      [ID, STAMP, 'a@b.ca', 'Côté', 'Acme'],
      [ID, STAMP, 'a@b.ca', 'Côté', 'Acme'],
      [ID, STAMP, 'a@b.ca', 'Côté', null],
    ]);
    expect(newest).toBe(STAMP);
  });

  it('archives what is deleted or unchecked', () => {
    const record = { Id: ID, SystemModstamp: STAMP, IsDeleted: false, News__c: true, Email: 'a@b.ca' };
    const { body } = batchOf('Contact', queries, [
      { ...record, IsDeleted: true },
      { ...record, IsDeleted: 'true' },
      { ...record, News__c: false },
      { ...record, News__c: 'false' },
    ]);
    expect(body.upserts).toEqual([]);
    expect(body.archives).toEqual(Array.from({ length: 4 }, () => [ID, STAMP]));
  });
});

describe('a schedule', () => {
  it('goes by the clock of its time zone, summer time included', () => {
    const nightly = { cron: '0 2 * * *', timeZone: 'Europe/Paris' };
    expect(nextPullRun(nightly, new Date('2026-01-10T12:00:00Z'))).toEqual(new Date('2026-01-11T01:00:00Z'));
    expect(nextPullRun(nightly, new Date('2026-07-10T12:00:00Z'))).toEqual(new Date('2026-07-11T00:00:00Z'));
  });

  it('is every night at two where nothing is said', () => {
    expect(scheduleSchema.parse({})).toEqual({ cron: '0 2 * * *', timeZone: 'UTC' });
  });

  it.each([
    { cron: 'nightly' },
    { cron: '* * * * * *' },
    { cron: '0 2 31 2 *' },
    { timeZone: 'Mars/Olympus' },
  ])('%j is refused', (schedule) => {
    expect(scheduleSchema.safeParse(schedule).success).toBe(false);
  });
});

describe('the pause before another attempt', () => {
  it('doubles, half as long to half as much again', () => {
    expect([1, 2, 3].map((attempt) => backOff(PAUSES, attempt, 0.5))).toEqual([15, 30, 60]);
    expect([backOff(PAUSES, 1, 0), backOff(PAUSES, 1, 1)]).toEqual([8, 23]);
  });
});
