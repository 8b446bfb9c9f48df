import jsforce from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../rest/server.ts';
import { defaultSettings } from '../rest/settings.ts';

/** What the REST API saves, what it refuses, and in which words. */
describe('saving records in the local org', { timeout: 60_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/keys-fixture'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login(LOGIN.userName, LOGIN.password);
  });
  afterEach(() => {
    server.host.change(defaultSettings());
    server.host.org.access.replace([]);
  });
  afterAll(() => server.close());

  const contact = async (values: Record<string, unknown>): Promise<string> =>
    (await connection.sobject('Contact').create({ LastName: 'Saved', ...values })).id ?? '';
  const raw = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${server.url}/services/data/v65.0/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${connection.accessToken ?? ''}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const refusal = async (answer: Response): Promise<[number, string]> => {
    const [problem] = (await answer.json()) as { errorCode: string }[];
    return [answer.status, problem?.errorCode ?? ''];
  };
  const deny = async (denials: unknown[]): Promise<void> => {
    const answer = await fetch(`${server.url}/local/denials`, {
      method: 'PUT',
      body: JSON.stringify({ denials }),
    });
    expect(answer.status).toBe(200);
  };

  it('keeps addresses in small letters, whatever was written', async () => {
    const id = await contact({ Email: 'Nora.Lind@Example.COM', Title: 'Keeps Its Letters' });
    expect(await connection.sobject('Contact').retrieve(id)).toMatchObject({
      Email: 'nora.lind@example.com',
      Title: 'Keeps Its Letters',
    });
    await connection.sobject('Contact').update({ Id: id, Email: 'NORA@EXAMPLE.COM' });
    expect(await connection.sobject('Contact').retrieve(id)).toMatchObject({ Email: 'nora@example.com' });
  });

  it('finds no field that a user may not see, and writes none that a user may not edit', async () => {
    const id = await contact({ HasOptedOutOfEmail: true });
    await deny([
      { user: LOGIN.userName, object: 'Contact', field: 'HasOptedOutOfEmail', rights: ['Edit'] },
      { object: 'Contact', field: 'Phone', rights: ['Read'] },
    ]);
    const { fields } = await connection.sobject('Contact').describe();
    expect(fields.find((field) => field.name === 'HasOptedOutOfEmail')).toMatchObject({
      createable: false,
      updateable: false,
    });
    expect(fields.map((field) => field.name)).not.toContain('Phone');
    expect(
      await refusal(await raw('PATCH', `sobjects/Contact/${id}`, { HasOptedOutOfEmail: false })),
    ).toEqual([400, 'INVALID_FIELD_FOR_INSERT_UPDATE']);
    expect(await refusal(await raw('PATCH', `sobjects/Contact/${id}`, { Phone: '1' }))).toEqual([
      400,
      'INVALID_FIELD',
    ]);
    for (const query of [
      'SELECT Phone FROM Contact',
      "SELECT Id FROM Contact WHERE Phone = '1'",
      'SELECT Id FROM Contact ORDER BY Phone',
    ])
      await expect(connection.query(query)).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
    expect(await connection.sobject('Contact').retrieve(id)).not.toHaveProperty('Phone');
    const rows = await connection.sobject('Contact').update([
      { Id: id, HasOptedOutOfEmail: false },
      { Id: id, Department: 'Open' },
    ]);
    expect(rows).toMatchObject([
      { success: false, errors: [{ statusCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }] },
      { success: true },
    ]);
    await deny([]);
    expect(await connection.sobject('Contact').retrieve(id)).toMatchObject({ HasOptedOutOfEmail: true });
  });

  it('says of an object what may be done with it', async () => {
    const id = await contact({});
    await deny([{ object: 'Contact', rights: ['Create', 'Delete', 'Edit'] }]);
    expect(await connection.sobject('Contact').describe()).toMatchObject({
      createable: false,
      updateable: false,
      deletable: false,
      queryable: true,
    });
    expect(await refusal(await raw('POST', 'sobjects/Contact', { LastName: 'No' }))).toEqual([
      400,
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    ]);
    expect(await refusal(await raw('DELETE', `sobjects/Contact/${id}`))).toEqual([
      403,
      'INSUFFICIENT_ACCESS_OR_READONLY',
    ]);
    await deny([{ object: 'Contact', rights: ['Read'] }]);
    expect(await refusal(await raw('GET', 'sobjects/Contact/describe'))).toEqual([404, 'NOT_FOUND']);
    await expect(connection.query('SELECT Id FROM Contact')).rejects.toMatchObject({
      errorCode: 'INVALID_TYPE',
    });
    const { sobjects } = await connection.describeGlobal();
    expect(sobjects.map((each) => each.name)).not.toContain('Contact');
  });

  it('refuses fields that nobody writes', async () => {
    expect(
      await refusal(
        await raw('POST', 'sobjects/Contact', { LastName: 'X', CreatedDate: '2020-01-01T00:00:00Z' }),
      ),
    ).toEqual([400, 'INVALID_FIELD_FOR_INSERT_UPDATE']);
    const id = await contact({});
    expect(await refusal(await raw('PATCH', `sobjects/Contact/${id}`, { Id: id }))).toEqual([
      400,
      'INVALID_FIELD',
    ]);
  });

  it.each([
    ['a text that is too long', { LastName: 'x'.repeat(81) }, 'STRING_TOO_LONG'],
    ['an address that is none', { LastName: 'x', Email: 'nowhere' }, 'INVALID_EMAIL_ADDRESS'],
    ['a missing name', { FirstName: 'x' }, 'REQUIRED_FIELD_MISSING'],
  ])('refuses %s', async (_what, record, code) => {
    expect(await refusal(await raw('POST', 'sobjects/Contact', record))).toEqual([400, code]);
  });

  it('keeps unique keys unique', async () => {
    await contact({ Shop_Key__c: 'only' });
    expect(
      await refusal(await raw('POST', 'sobjects/Contact', { LastName: 'y', Shop_Key__c: 'only' })),
    ).toEqual([400, 'DUPLICATE_VALUE']);
  });

  it('tells a record that was deleted from one that never was', async () => {
    const id = await contact({});
    await connection.sobject('Contact').destroy(id);
    expect(await refusal(await raw('PATCH', `sobjects/Contact/${id}`, { Phone: '1' }))).toEqual([
      404,
      'ENTITY_IS_DELETED',
    ]);
    expect(await refusal(await raw('PATCH', 'sobjects/Contact/003000000009999AAA', { Phone: '1' }))).toEqual([
      404,
      'NOT_FOUND',
    ]);
    const rows = await connection.sobject('Contact').update([{ Id: id }, { Id: '003000000009999AAA' }]);
    expect(rows).toMatchObject([
      { errors: [{ statusCode: 'ENTITY_IS_DELETED' }] },
      { errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] },
    ]);
  });

  it('deletes what is there, and fails what is no id alone', async () => {
    const id = await contact({});
    const answer = await raw('DELETE', `composite/sobjects?ids=nonsense,${id}`);
    expect(await answer.json()).toEqual([
      {
        success: false,
        errors: [{ statusCode: 'MALFORMED_ID', message: 'malformed id nonsense', fields: [] }],
      },
      { id, success: true, errors: [] },
    ]);
    const kept = await contact({});
    const none = await raw('DELETE', `composite/sobjects?ids=nonsense,${kept}&allOrNone=true`);
    expect(await none.json()).toMatchObject([
      { errors: [{ statusCode: 'MALFORMED_ID' }] },
      { errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
    ]);
    expect((await raw('GET', `sobjects/Contact/${kept}`)).status).toBe(200);
  });

  it('finds by an external id: one, none, several', async () => {
    const made = await raw('PATCH', 'sobjects/Contact/Loose_Key__c/a%20b', { LastName: 'One' });
    expect([made.status, await made.json()]).toMatchObject([201, { created: true }]);
    const again = await raw('PATCH', 'sobjects/Contact/Loose_Key__c/a%20b', { Phone: '1' });
    expect([again.status, await again.json()]).toMatchObject([200, { created: false }]);
    expect((await raw('GET', 'sobjects/Contact/Loose_Key__c/a%20b')).status).toBe(200);
    expect(await refusal(await raw('GET', 'sobjects/Contact/Loose_Key__c/none'))).toEqual([404, 'NOT_FOUND']);
    expect(await refusal(await raw('GET', 'sobjects/Contact/LastName/One'))).toEqual([404, 'NOT_FOUND']);
    const missing = await raw('PATCH', 'sobjects/Contact/Loose_Key__c/none?updateOnly=true', { Phone: '1' });
    expect(await refusal(missing)).toEqual([404, 'NOT_FOUND']);
    await contact({ Loose_Key__c: 'a b' });
    const several = await raw('PATCH', 'sobjects/Contact/Loose_Key__c/a%20b', { Phone: '2' });
    expect(several.status).toBe(300);
    expect(await several.json()).toEqual([
      expect.stringMatching(/sobjects\/Contact\/003/),
      expect.stringMatching(/sobjects\/Contact\/003/),
    ]);
    const rows = await connection
      .sobject('Contact')
      .upsert([{ Loose_Key__c: 'a b', LastName: 'No' }], 'Loose_Key__c');
    expect(rows).toMatchObject([{ success: false, errors: [{ statusCode: 'DUPLICATE_EXTERNAL_ID' }] }]);
    expect((await raw('DELETE', 'sobjects/Contact/Loose_Key__c/none')).status).toBe(404);
  });

  it('takes an external id once in a call, and a record more often', async () => {
    const twice = await connection.sobject('Contact').upsert(
      [
        { Shop_Key__c: 'twice', LastName: 'First' },
        { Shop_Key__c: 'twice', LastName: 'Second' },
      ],
      'Shop_Key__c',
    );
    expect(twice).toMatchObject([
      { errors: [{ statusCode: 'DUPLICATE_VALUE' }] },
      { errors: [{ statusCode: 'DUPLICATE_VALUE' }] },
    ]);
    const id = await contact({});
    const rows = await connection.sobject('Contact').update([
      { Id: id, Phone: '1' },
      { Id: id, Phone: '2' },
    ]);
    expect(rows.every((row) => row.success)).toBe(true);
    expect(await connection.sobject('Contact').retrieve(id)).toMatchObject({ Phone: '2' });
  });

  it('holds a collection to 200 records, and to ten changes of object', async () => {
    const many = Array.from({ length: 201 }, () => ({ attributes: { type: 'Contact' }, LastName: 'x' }));
    expect(await refusal(await raw('POST', 'composite/sobjects', { records: many }))).toEqual([
      400,
      'EXCEEDED_ID_LIMIT',
    ]);
    const mixed = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        index % 2 === 0
          ? { attributes: { type: 'Contact' }, LastName: 'x' }
          : { attributes: { type: 'Account' }, Name: 'x' },
      );
    expect((await raw('POST', 'composite/sobjects', { records: mixed(10) })).status).toBe(200);
    expect(await refusal(await raw('POST', 'composite/sobjects', { records: mixed(11) }))).toEqual([
      400,
      'LIMIT_EXCEEDED',
    ]);
  });

  it.each([
    ['Phone', 777, 'phone from VALUE_NUMBER_INT value 777'],
    ['Title', 1.5, 'string from VALUE_NUMBER_FLOAT value 1.5'],
    ['Title', true, 'string from VALUE_TRUE value true'],
    ['Title', ['a'], 'string from START_ARRAY value ['],
    ['HasOptedOutOfEmail', 'yes', 'boolean from VALUE_STRING value yes'],
    ['HasOptedOutOfEmail', 'FALSE', 'boolean from VALUE_STRING value FALSE'],
    ['HasOptedOutOfEmail', 1, 'boolean from VALUE_NUMBER_INT value 1'],
    ['Birthdate', '2026-02-03T10:00:00Z', 'date from VALUE_STRING value 2026-02-03T10:00:00Z'],
    ['EmailBouncedDate', '2026-02-03 10:00:00', 'datetime from VALUE_STRING value 2026-02-03 10:00:00'],
    ['EmailBouncedDate', '2026-02-03', 'datetime from VALUE_STRING value 2026-02-03'],
  ])('refuses a whole call for %s that is %j, and says where it stands', async (field, value, words) => {
    const records = [
      { attributes: { type: 'Contact' }, LastName: 'Strict' },
      { attributes: { type: 'Contact' }, LastName: 'Strict', [field]: value },
    ];
    const answer = await raw('POST', 'composite/sobjects', { records });
    const [problem] = (await answer.json()) as { errorCode: string; message: string }[];
    expect([answer.status, problem?.errorCode]).toEqual([400, 'JSON_PARSER_ERROR']);
    expect(problem?.message).toContain(`Cannot deserialize instance of ${words}`);
    expect(problem?.message).toMatch(/at \[line:1, column:\d{2,}\]$/);
    expect((await connection.query("SELECT Id FROM Contact WHERE LastName = 'Strict'")).totalSize).toBe(0);
  });

  it('takes numbers that are written as strings, and moments in any zone', async () => {
    const { id } = await connection
      .sobject('Account')
      .create({ Name: 'Loose', NumberOfEmployees: '100', AnnualRevenue: '12.50' });
    expect(await connection.sobject('Account').retrieve(id ?? '')).toMatchObject({
      NumberOfEmployees: 100,
      AnnualRevenue: 12.5,
    });
    for (const moment of [
      '2026-02-03T10:00:00Z',
      '2026-02-03T11:00:00.000+0100',
      '2026-02-03T11:00:00+01:00',
    ]) {
      const bounced = await connection
        .sobject('Contact')
        .retrieve(await contact({ EmailBouncedDate: moment }));
      expect(bounced.EmailBouncedDate).toBe('2026-02-03T10:00:00.000+0000');
    }
  });

  it('warns of duplicates where a rule says so, and saves them for who insists', async () => {
    server.host.change({ duplicateRules: [{ object: 'Contact', fields: ['Email'], action: 'alert' }] });
    const person = { LastName: 'Twin', Email: 'twin@example.com' };
    expect((await raw('POST', 'sobjects/Contact', person)).status).toBe(201);
    expect(
      await refusal(await raw('POST', 'sobjects/Contact', { ...person, Email: 'TWIN@example.com' })),
    ).toEqual([400, 'DUPLICATES_DETECTED']);
    const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true', 'Sforce-Auto-Assign': 'FALSE' };
    expect((await raw('POST', 'sobjects/Contact', person, headers)).status).toBe(201);
    server.host.change({ duplicateRules: [{ object: 'Contact', fields: ['Email'], action: 'block' }] });
    expect((await raw('POST', 'sobjects/Contact', person, headers)).status).toBe(400);
  });

  it('pages a query in the size that is asked for, and gives a page again', async () => {
    const mark = `Page ${Date.now()}`;
    for (let start = 0; start < 600; start += 200)
      await connection.sobject('Contact').create(Array.from({ length: 200 }, () => ({ LastName: mark })));
    const query = encodeURIComponent(`SELECT Id FROM Contact WHERE LastName = '${mark}'`);
    const headers = { 'Sforce-Query-Options': 'batchSize=250' };
    const first = (await (await raw('GET', `query?q=${query}`, undefined, headers)).json()) as {
      nextRecordsUrl: string;
      records: unknown[];
    };
    expect(first.records).toHaveLength(250);
    const next = first.nextRecordsUrl.replace('/services/data/v65.0/', '');
    const pages = [await (await raw('GET', next)).json(), await (await raw('GET', next)).json()];
    expect(pages[0]).toEqual(pages[1]);
    expect(await refusal(await raw('GET', 'query/01g000000000999AAA-250'))).toEqual([
      400,
      'INVALID_QUERY_LOCATOR',
    ]);
  });

  it('counts without records', async () => {
    expect(await (await raw('GET', 'query?q=SELECT+COUNT()+FROM+Account')).json()).toMatchObject({
      done: true,
      records: [],
    });
  });
});
