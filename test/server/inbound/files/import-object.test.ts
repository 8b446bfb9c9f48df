import { parse } from 'csv-parse/sync';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportWork } from '../../../../server/src/outbound/files/import-work.ts';
import type { OrgRecord, SalesforceOrg, SalesforceOrgs } from '../../../../server/src/salesforce/org.ts';
import { ImportCalls, type ShownImport } from '../../support/imports.ts';
import {
  authorizeByPassword,
  clearFaults,
  orderFault,
  startStage,
  type SalesforceStage,
} from '../../support/salesforce.ts';
import { createScene } from '../../support/test-server.ts';

const NEVER = new AbortController().signal;

/** Files go into the local org by Bulk API 2.0, over HTTP. */
describe('a CSV file into an object of Salesforce', () => {
  let stage: SalesforceStage;
  let imports: ImportCalls;
  let connection: string;
  let org: SalesforceOrg;
  beforeAll(async () => {
    stage = await startStage();
    imports = new ImportCalls(stage.server);
    connection = (await createScene(stage.server)).connectionId;
    await authorizeByPassword(stage.server, connection, stage.org.url);
    org = await stage.server.services.orgs.open(connection, 'checks');
  });
  afterAll(() => stage.close());

  async function upload(object: string, file: string): Promise<ShownImport> {
    const id = await imports.createForObject(connection, object);
    const answer = await imports.send(id, file);
    expect(answer.status, answer.text).toBe(200);
    return answer.body as ShownImport;
  }

  /** Lets the time of an import that waits come. */
  async function letTimePass(id: string): Promise<void> {
    const { knex } = stage.server.database;
    await knex('di.import').where({ id }).update({ due_at: knex.fn.now() });
  }

  async function query(soql: string): Promise<OrgRecord[]> {
    const records: OrgRecord[] = [];
    for await (const page of org.query(soql)) records.push(...page);
    return records;
  }

  const results = async (id: string, only: string): Promise<Record<string, string>[]> =>
    parse(await imports.results(id, only), { columns: true });

  it('creates records, says of each which it became or why not, and of fields that are French what they are', async () => {
    const file = [
      'Prénom;Nom;Courriel;Date de naissance;Désabonné',
      'Anne;Import;anne@example.com;31/12/1980;oui',
      'Zoé;Import;zoé@example.com;;non',
      'Nobody;;nobody@example.com;01/02/1990;non',
      'Bad;Import;bad@example.com;99/99/1990;non',
    ].join('\r\n');
    const { id, settings } = await upload('Contact', file);
    expect(settings?.mapping).toEqual(
      expect.arrayContaining([
        { heading: 'Prénom', to: 'FirstName' },
        { heading: 'Nom', to: 'LastName' },
        { heading: 'Courriel', to: 'Email' },
        { heading: 'Date de naissance', to: 'Birthdate' },
      ]),
    );
    await imports.set(id, {
      dates: 'dmy',
      mapping: [...(settings?.mapping ?? []), { heading: 'Désabonné', to: 'HasOptedOutOfEmail' }],
    });
    expect(await imports.run(id, 'check')).toMatchObject({
      status: 'ready',
      counts: { rows: 4, rejected: 1 },
    });
    expect(await query("SELECT Id FROM Contact WHERE LastName = 'Import'")).toEqual([]);
    expect(await imports.run(id)).toMatchObject({
      status: 'done',
      counts: { rows: 4, created: 2, rejected: 2 },
    });
    const people = await query(
      "SELECT Id, FirstName, Birthdate, HasOptedOutOfEmail FROM Contact WHERE LastName = 'Import' ORDER BY FirstName",
    );
    expect(people).toMatchObject([
      { FirstName: 'Anne', Birthdate: '1980-12-31', HasOptedOutOfEmail: true },
      { FirstName: 'Zoé', Birthdate: null, HasOptedOutOfEmail: false },
    ]);
    const saved = await results(id, 'saved');
    expect(saved.map((row) => [row._line, row._id, row._created])).toEqual([
      ['2', people[0]?.Id, 'true'],
      ['3', people[1]?.Id, 'true'],
    ]);
    const rejected = await results(id, 'rejected');
    expect(rejected.map((row) => [row._line, row._code, row._column])).toEqual([
      ['4', 'REQUIRED_FIELD_MISSING', 'LastName'],
      ['5', 'not-a-date', 'Birthdate'],
    ]);
    expect(rejected[0]).toMatchObject({ Courriel: 'nobody@example.com' });
  });

  it('tells which fields a file may fill, once it has come', async () => {
    const id = await imports.createForObject(connection, 'Contact');
    expect(await imports.targets(id)).toEqual([]);
    await imports.send(id, 'LastName\nImport\n');
    const targets = await imports.targets(id);
    const named = (name: string): unknown => targets.find((each) => each.name === name);
    expect(named('LastName')).toEqual({
      name: 'LastName',
      label: 'Last Name',
      type: 'string',
      isExternalId: false,
    });
    expect(named('Id')).toMatchObject({ name: 'Id' });
    expect(named('CreatedDate')).toBeUndefined();
  });

  it('changes records by their id, and leaves alone what an empty cell says nothing of', async () => {
    const [one] = await org.write('insert', 'Contact', [{ LastName: 'Update', Title: 'Old', Phone: '1' }]);
    const file = `Id,Title,Phone\n${one?.id ?? ''},,2\n003000000000999AAA,New,3\n,New,4\n`;
    const { id } = await upload('Contact', file);
    await imports.set(id, {
      operation: 'update',
      mapping: ['Id', 'Title', 'Phone'].map((name) => ({ heading: name, to: name })),
    });
    expect(await imports.run(id)).toMatchObject({ status: 'done', counts: { updated: 1, rejected: 2 } });
    expect(await query("SELECT Title, Phone FROM Contact WHERE LastName = 'Update'")).toMatchObject([
      { Title: 'Old', Phone: '2' },
    ]);
  });

  it('says before it starts what the object does not take', async () => {
    const { id } = await upload('Contact', 'Email,CreatedDate\na@example.com,2026-01-01T00:00:00Z\n');
    const start = await imports.step(id, 'start');
    expect(start.body).toMatchObject({ status: 422, code: 'required-field-missing' });
    for (const [to, code] of [
      ['Nothing__c', 'unknown-field'],
      ['CreatedDate', 'field-not-writable'],
    ])
      await expect(imports.set(id, { mapping: [{ heading: 'Email', to }] })).rejects.toThrow(code);
    const consents = [{ heading: 'Email', optIn: 'newsletter' }];
    await expect(imports.set(id, { consents })).rejects.toThrow('consent-of-contacts');
    const missing = await imports.createForObject(connection, 'Nothing__c');
    expect((await imports.send(missing, 'a\n1\n')).body).toMatchObject({ code: 'object-not-described' });
  });

  /** Orgs whose jobs are begun, and then the server is gone. */
  function killed(when: 'before the job is closed' | 'after the org is done'): SalesforceOrgs {
    return {
      open: async (id) => {
        const real = await stage.server.services.orgs.open(id, 'checks');
        return new Proxy(real, {
          get: (target, name) => {
            if (name !== 'writeBulk') {
              const value: unknown = Reflect.get(target, name);
              return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            }
            const write: SalesforceOrg['writeBulk'] = async (operation, object, records, options = {}) => {
              const onJob = async (jobId: string): Promise<void> => {
                await options.onJob?.(jobId);
                if (when === 'before the job is closed') throw new Error('killed');
              };
              await real.writeBulk(operation, object, records, { ...options, onJob });
              throw new Error('killed');
            };
            return write;
          },
        });
      },
    };
  }

  it.each(['before the job is closed', 'after the org is done'] as const)(
    'creates nobody twice where the server is killed %s',
    async (when) => {
      const name = when.startsWith('before') ? 'Early' : 'Late';
      const rows = Array.from({ length: 30 }, (_, number) => `${name},p${number}@${name}.example.com`);
      const { id } = await upload('Contact', `LastName,Email\n${rows.join('\n')}\n`);
      await imports.step(id, 'start').expect(200);
      const { database, services } = stage.server;
      const { consentKeys } = services;
      const dying = new ImportWork(database.knex, killed(when), consentKeys, pino({ level: 'silent' }));
      await dying.turn(NEVER);
      expect(await imports.find(id)).toMatchObject({ status: 'running', counts: { rows: 0 } });
      await letTimePass(id);
      while (await imports.turn());
      expect(await imports.find(id)).toMatchObject({
        status: 'done',
        counts: { rows: 30, created: 30, rejected: 0 },
      });
      expect(await query(`SELECT Id FROM Contact WHERE LastName = '${name}'`)).toHaveLength(30);
      expect(await results(id, 'saved')).toHaveLength(30);
    },
  );

  it('waits longer after each call that could not be answered, and not at all once a portion was taken', async () => {
    const { id } = await upload('Contact', 'LastName,Email\r\nPatient,patient@example.com\r\n');
    await imports.step(id, 'start').expect(200);
    const { knex } = stage.server.database;
    const row = async (): Promise<Record<string, unknown> | undefined> =>
      knex('di.import')
        .where({ id })
        .first('attempts', 'status', 'message', knex.raw('due_at > now() AS waits'));
    await orderFault(stage.org.url, {
      ...{ kind: 'error', match: { operation: 'describe' }, status: 503, code: 'SERVER_UNAVAILABLE' },
      times: null,
    });
    for (const attempts of [1, 2]) {
      await imports.turn();
      expect(await row()).toMatchObject({ attempts, status: 'running', waits: true });
      expect(String((await row())?.message)).toMatch(/^Waits for another try: /);
      await letTimePass(id);
    }
    await clearFaults(stage.org.url);
    await letTimePass(id);
    await imports.turn();
    expect(await row()).toMatchObject({ attempts: 0, status: 'done', message: null });
  });
});
