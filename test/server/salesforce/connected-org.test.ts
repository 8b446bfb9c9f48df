import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrgRecord, SalesforceOrg } from '../../../server/src/salesforce/org.ts';
import { authorizeByPassword, orderFault, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { createScene } from '../support/test-server.ts';

/** Everything that a connection's org can be asked for, asked of the local org over HTTP. */
describe('the org of a connection', () => {
  let stage: SalesforceStage;
  let org: SalesforceOrg;
  beforeAll(async () => {
    stage = await startStage();
    const scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
  });
  afterAll(() => stage.close());

  async function all(pages: AsyncIterable<readonly OrgRecord[]>): Promise<OrgRecord[]> {
    const records: OrgRecord[] = [];
    for await (const page of pages) records.push(...page);
    return records;
  }

  it('describes an object with its fields', async () => {
    const contact = await org.describe('Contact');
    expect(contact).toMatchObject({
      name: 'Contact',
      keyPrefix: '003',
      isQueryable: true,
      isCreateable: true,
    });
    const field = contact.fields.find((each) => each.name === 'LastName');
    expect(field).toMatchObject({ type: 'string', length: 80, isNillable: false, isUpdateable: true });
  });

  it('says that it has no such object, and that to try again is of no use', async () => {
    await expect(org.describe('Nothing__c')).rejects.toMatchObject({ kind: 'give-up', code: 'NOT_FOUND' });
  });

  it('inserts, updates, upserts and deletes records, each for itself', async () => {
    const inserted = await org.write('insert', 'Contact', [
      { LastName: 'One', Email: 'one@example.com' },
      { Email: 'nameless@example.com' },
      { LastName: 'Two', Email: 'two@example.com' },
    ]);
    expect(inserted.map((result) => [result.isSaved, result.isCreated])).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
    expect(inserted[1]?.errors[0]).toMatchObject({ code: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] });
    const [one, , two] = inserted.map((result) => result.id ?? '');

    const updated = await org.write('update', 'Contact', [
      { Id: one, HasOptedOutOfEmail: true },
      { Id: '003000000000999AAA', HasOptedOutOfEmail: true },
    ]);
    expect(updated).toMatchObject([{ id: one, isSaved: true, isCreated: false }, { isSaved: false }]);

    const upserted = await org.write('upsert', 'Contact', [{ Id: two, Phone: '1' }], {
      externalIdField: 'Id',
    });
    expect(upserted).toMatchObject([{ id: two, isSaved: true, isCreated: false }]);

    const soql =
      "SELECT Id, LastName, HasOptedOutOfEmail, Phone FROM Contact WHERE Email LIKE '%@example.com' ORDER BY LastName";
    expect(await all(org.query(soql))).toEqual([
      { Id: one, LastName: 'One', HasOptedOutOfEmail: true, Phone: null },
      { Id: two, LastName: 'Two', HasOptedOutOfEmail: false, Phone: '1' },
    ]);

    expect(await org.write('delete', 'Contact', [{ Id: one }])).toMatchObject([{ isSaved: true }]);
    expect(await all(org.query(soql))).toHaveLength(1);
    const everything = soql.replace('Id,', 'Id, IsDeleted,');
    expect(await all(org.query(everything, { all: true }))).toMatchObject([
      { IsDeleted: true },
      { IsDeleted: false },
    ]);
  });

  it('gives a query’s records in pages, and parents’ fields by their path', async () => {
    const [account] = await org.write('insert', 'Account', [{ Name: 'Parent' }]);
    const many = Array.from({ length: 2100 }, (_, index) => ({
      LastName: `Many ${index}`,
      AccountId: account?.id,
    }));
    expect((await org.writeBulk('insert', 'Contact', many)).every((result) => result.isCreated)).toBe(true);
    const soql = "SELECT LastName, Account.Name FROM Contact WHERE LastName LIKE 'Many %' ORDER BY LastName";
    const sizes: number[] = [];
    let first: OrgRecord | undefined;
    for await (const page of org.query(soql)) {
      sizes.push(page.length);
      first ??= page[0];
    }
    expect(sizes).toEqual([2000, 100]);
    expect(first).toMatchObject({ LastName: 'Many 0', 'Account.Name': 'Parent' });
    const bulk = await all(org.queryBulk(soql, []));
    expect(bulk).toHaveLength(2100);
    expect(bulk[0]).toEqual({ LastName: 'Many 0', 'Account.Name': 'Parent' });
  });

  it('asks five queries in one call, of any length, and follows each to its end', async () => {
    const last = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, index) => `'Several ${from + index}'`);
    const many = Array.from({ length: 2300 }, (_, index) => ({ LastName: `Several ${index}` }));
    await org.writeBulk('insert', 'Contact', many);
    const soqls = [
      `SELECT LastName FROM Contact WHERE LastName IN (${last(0, 2200).join(',')})`,
      "SELECT LastName FROM Contact WHERE LastName = 'nobody'",
      ...[2200, 2210, 2220, 2230].map(
        (from) => `SELECT LastName FROM Contact WHERE LastName IN (${last(from, from + 10).join(',')})`,
      ),
    ];
    expect(soqls[0]?.length).toBeGreaterThan(16_384);
    const before = org.usage?.used ?? 0;
    const sizes: number[] = [];
    const names = new Set<unknown>();
    for await (const page of org.querySeveral(soqls)) {
      sizes.push(page.length);
      for (const record of page) names.add(record.LastName);
    }
    expect(sizes).toEqual([2030, 200, 10]);
    expect(names.size).toBe(2240);
    expect((org.usage?.used ?? 0) - before).toBe(3);
  });

  it('says which of several queries was refused, and whether to try again', async () => {
    const right = 'SELECT Id FROM Contact LIMIT 1';
    const wrong = 'SELECT Shoe__c FROM Contact LIMIT 1';
    await expect(all(org.querySeveral([right, wrong]))).rejects.toMatchObject({
      kind: 'give-up',
      code: 'INVALID_FIELD',
    });
    await orderFault(stage.org.url, { kind: 'unavailable', match: { operation: 'query' }, skip: 1 });
    await expect(all(org.querySeveral([right, right]))).rejects.toMatchObject({
      kind: 'retry',
      code: 'SERVER_UNAVAILABLE',
    });
  });

  it('answers a Bulk job’s results in the order of its records, whatever order Salesforce gives them in', async () => {
    const results = await org.writeBulk('insert', 'Contact', [
      { LastName: 'Bulk "quoted", 1', Email: 'bulk1@example.com' },
      { LastName: null, Email: 'bulk2@example.com' },
      { LastName: 'Bulk\nlines', Email: 'bulk3@example.com' },
      { LastName: 'Twin', Email: null },
      { LastName: 'Twin', Email: null },
    ]);
    expect(results.map((result) => result.isCreated)).toEqual([true, false, true, true, true]);
    expect(results[1]?.errors[0]).toMatchObject({ code: 'REQUIRED_FIELD_MISSING' });
    const ids = results.flatMap((result) => result.id ?? []);
    expect(new Set(ids).size).toBe(4);
    const found = await all(
      org.query(`SELECT Id, LastName FROM Contact WHERE Id = '${results[2]?.id ?? ''}'`),
    );
    expect(found).toMatchObject([{ LastName: 'Bulk\nlines' }]);

    const updates = [...ids]
      .reverse()
      .map((Id, index) => ({ Id, Phone: index === 0 ? null : String(index) }));
    const updated = await org.writeBulk('update', 'Contact', updates);
    expect(updated.map((result) => result.id)).toEqual(updates.map((record) => record.Id));
    const deleted = await org.writeBulk('delete', 'Contact', [{ Id: ids[0] }, { Id: '003000000000999AAA' }]);
    expect(deleted.map((result) => result.isSaved)).toEqual([true, false]);
  });

  it('knows the API calls that are used and left', async () => {
    await org.describe('Contact');
    const before = org.usage;
    await org.describe('Contact');
    expect(before?.limit).toBe(15_000);
    expect(org.usage?.used).toBe((before?.used ?? 0) + 1);
  });
});
