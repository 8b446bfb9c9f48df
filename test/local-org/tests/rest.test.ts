import jsforce from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { serveOrg, type OrgServer } from '../rest/server.ts';

/** A client that others wrote, against the org's REST face. */
describe('the REST API of the local org', { timeout: 60_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/fixture'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login('admin@local.org', 'local');
  });
  afterAll(() => server.close());

  it('creates, reads, updates and deletes a record', async () => {
    const created = await connection
      .sobject('Contact')
      .create({ LastName: 'Rest', Email: 'rest@example.com' });
    expect(created).toMatchObject({ success: true });
    const id = created.id ?? '';
    await connection.sobject('Contact').update({ Id: id, Phone: '555' });
    expect(await connection.sobject('Contact').retrieve(id)).toMatchObject({
      LastName: 'Rest',
      Phone: '555',
      attributes: { type: 'Contact' },
    });
    await connection.sobject('Contact').destroy(id);
    await expect(connection.sobject('Contact').retrieve(id)).rejects.toMatchObject({
      errorCode: 'NOT_FOUND',
    });
  });

  it('saves collections of 200 with a result for each record', async () => {
    const records = Array.from({ length: 200 }, (_, index) =>
      index === 7 ? { FirstName: 'Nameless' } : { LastName: `Many ${index}` },
    );
    const results = await connection.sobject('Contact').create(records, { allOrNone: false });
    expect(results.filter((result) => result.success)).toHaveLength(199);
    expect(results[7]).toMatchObject({
      success: false,
      errors: [{ statusCode: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] }],
    });
    await expect(
      connection.request({
        method: 'POST',
        url: '/composite/sobjects',
        body: JSON.stringify({ records: new Array(201).fill({}) }),
      }),
    ).rejects.toThrow();
  });

  it('keeps nothing of a collection that is all or none', async () => {
    await connection.sobject('Account').create([{ Name: 'All or none' }, {}], { allOrNone: true });
    expect((await connection.query("SELECT Id FROM Account WHERE Name = 'All or none'")).totalSize).toBe(0);
  });

  it('pages through a query', async () => {
    for (let start = 0; start < 2200; start += 200) {
      await connection
        .sobject('Lead')
        .create(
          Array.from({ length: 200 }, (_, index) => ({ LastName: `Lead ${start + index}`, Company: 'Co' })),
        );
    }
    const records = await connection
      .query<{ LastName: string }>('SELECT LastName FROM Lead')
      .run({ autoFetch: true, maxFetch: 5000 });
    expect(records.records).toHaveLength(2200);
  });

  it('upserts by an external key of the address and describes objects', async () => {
    const described = await connection.sobject('Contact').describe();
    expect(described.fields.find((field) => field.name === 'Email')).toMatchObject({
      type: 'email',
      length: 80,
      nillable: true,
    });
    expect(described.fields.find((field) => field.name === 'LastName')).toMatchObject({ nillable: false });
    expect((await connection.describeGlobal()).sobjects.some((each) => each.name === 'Account')).toBe(true);
  });

  it('executes anonymous Apex and says where it fails', async () => {
    expect(
      await connection.tooling.executeAnonymous("insert new Account(Name = 'Anonymous');"),
    ).toMatchObject({ compiled: true, success: true });
    expect(await connection.tooling.executeAnonymous('Integer i = 1 / 0;')).toMatchObject({
      success: false,
      exceptionMessage: 'System.MathException: Divide by 0',
    });
    expect(await connection.tooling.executeAnonymous('nonsense;')).toMatchObject({
      compiled: false,
      line: 1,
    });
  });

  it('answers errors in the shape of Salesforce', async () => {
    await expect(connection.query('SELECT Shoe__c FROM Contact')).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
    await expect(connection.query('SELECT FROM')).rejects.toMatchObject({ errorCode: 'MALFORMED_QUERY' });
    await expect(connection.sobject('Contact').create({ Shoe__c: 1 })).rejects.toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
    const answer = await fetch(`${server.url}/services/data/v65.0/query?q=x`, {
      headers: { authorization: 'Bearer nobody' },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject([{ errorCode: 'INVALID_SESSION_ID' }]);
    await expect(
      new jsforce.Connection({ loginUrl: server.url }).login('admin@local.org', 'wrong'),
    ).rejects.toThrow('INVALID_LOGIN');
  });
});
