import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';
import { Targets } from '../../../server/src/inbound/batches/targets.ts';
import { pullTurn } from '../../../server/src/inbound/pulls/pull-loop.ts';
import { deliverAll } from '../support/deliver-all.ts';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

const FIELDS = [
  { name: 'name', type: 'text', length: 80, required: true },
  { name: 'amount', type: 'decimal', precision: 18, scale: 2 },
  { name: 'written', type: 'text' },
];
const AMOUNTS = [
  ['1234567890123456.78', '1234567890123456.78'],
  ['9007199254740993', '9007199254740993.00'],
  ['12345678', '12345678.00'],
  ['1234567.5', '1234567.50'],
  ['0.01', '0.01'],
  ['-9999999999999999.99', '-9999999999999999.99'],
  ['0', '0.00'],
] as const;

/** The API and a local org, which prints numbers as Salesforce does, HTTP between them. */
describe('a number of an org', () => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  let integration: string;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    stage = await startStage();
    salesforce = await stage.org.connect();
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    await call('post', `/v1/admin/projects/${scene.project}/tables`, {
      ...{ code: 'Deal', name: 'Deals', primaryKey: ['name'], fields: FIELDS },
    });
    await call('post', `/v1/admin/projects/${scene.project}/build`, {});
    const mapping = [
      { salesforceField: 'Name', column: 'name' },
      { salesforceField: 'Amount', column: 'amount' },
      { salesforceField: 'TotalOpportunityQuantity', column: 'written' },
    ];
    const transfer = await call('post', '/v1/admin/transfers', {
      ...{ connection: scene.connectionId, table: 'Deal', object: 'Opportunity', mapping },
    });
    await call('post', `/v1/admin/transfers/${transfer}/activate`, {});
    for (const [Amount] of AMOUNTS)
      ids.set(
        Amount,
        await salesforce.create('Opportunity', {
          ...{
            Name: Amount,
            Amount,
            TotalOpportunityQuantity: Amount,
            StageName: 'Open',
            CloseDate: '2026-11-30',
          },
        }),
      );
    pull = await call('post', '/v1/admin/pulls', {
      ...{ transfer, selection: { type: 'all' }, startNow: false },
    });
    integration = await call('post', '/v1/admin/integrations', {
      ...{ connection: scene.connectionId, table: 'Deal', object: 'Opportunity', name: 'Amounts' },
      operations: ['updated'],
      mapping: [{ salesforceField: 'Amount', column: 'amount' }],
    });
    await call('post', `/v1/admin/integrations/${integration}/activate`, {});
  }, 120_000);
  afterAll(() => stage.close());
  let pull: string;

  async function call(method: 'post' | 'patch', path: string, body: object): Promise<string> {
    const answer = await admin(stage.server, method, path).send(body);
    expect(answer.status, answer.text).toBeLessThan(300);
    return (answer.body as { id?: string } | null)?.id ?? '';
  }

  async function pullWith(bulkThreshold: number): Promise<unknown> {
    await call('patch', `/v1/admin/pulls/${pull}`, { bulkThreshold });
    const run = await call('post', `/v1/admin/pulls/${pull}/runs`, { kind: 'full' });
    const { services, database } = stage.server;
    const desk = { ...services, ...database, targets: new Targets(database.knex, services.consentKeys) };
    await pullTurn(desk, pino({ level: 'silent' }), new AbortController().signal);
    return (await admin(stage.server, 'get', `/v1/admin/pulls/${pull}/runs/${run}`)).body;
  }

  const sql = async <T extends object>(text: string): Promise<T[]> => {
    const table = `p_${scene.project.toLowerCase()}."Deal"`;
    return (await stage.server.database.pool.query<T>(text.replaceAll('DEAL', table))).rows;
  };
  const stored = (): Promise<{ name: string; amount: string; written: string }[]> =>
    sql('SELECT name, amount::text, written FROM DEAL ORDER BY name');

  it('comes digit by digit by REST, and by the Bulk API nothing changes', async () => {
    expect(await pullWith(10_000)).toMatchObject({ state: 'done', applied: AMOUNTS.length, rejected: 0 });
    const rows = await stored();
    expect(rows).toEqual(
      AMOUNTS.map(([name, amount]) => ({ name, amount, written: name })).sort((one, other) =>
        one.name < other.name ? -1 : 1,
      ),
    );
    expect(await pullWith(1)).toMatchObject({ state: 'done', unchanged: AMOUNTS.length, rejected: 0 });
    expect(await stored()).toEqual(rows);
  });

  it('is no conflict where it is read before and after a write, and goes back digit by digit', async () => {
    await sql("UPDATE DEAL SET amount = 9876543210987654.31 WHERE name = '1234567890123456.78'");
    await deliverAll(stage.server);
    expect(await sql('SELECT 1 FROM di.conflict')).toEqual([]);
    expect(await sql('SELECT 1 FROM di.delivery')).toEqual([]);
    expect((await stored()).find(({ name }) => name === '1234567890123456.78')).toMatchObject({
      amount: '9876543210987654.31',
      written: '1234567890123456.78',
    });
    const answer = await fetch(
      `${stage.org.url}/services/data/v65.0/query?q=${encodeURIComponent(
        `SELECT Amount FROM Opportunity WHERE Id = '${ids.get('1234567890123456.78') ?? ''}'`,
      )}`,
      { headers: { authorization: `Bearer ${salesforce.token}` } },
    );
    expect(await answer.text()).toContain('"Amount":9.87654321098765431E15');
  });
});
