import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeIncident, openIncident, type IncidentKey } from '../../../server/src/connections/incidents.ts';
import { readConfig } from '../../../server/src/config.ts';
import { Deployments } from '../../../server/src/deployments/deployments.ts';
import { housekeeping } from '../../../server/src/operations/housekeeping.ts';
import { activeIntegration, groundOf, type Ground } from '../support/delivery-scene.ts';
import { createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

describe('what happened is forgotten after HISTORY_DAYS', () => {
  let server: TestServer;
  let scene: Scene;
  let ground: Ground;
  beforeAll(async () => {
    server = await startTestServer(null, { historyDays: 100 });
    scene = await createScene(server);
    ground = await groundOf(server, scene);
  });
  afterAll(() => server.close());

  const sql = async (text: string, values: readonly unknown[] = []): Promise<string[]> => {
    const found = await server.database.pool.query<{ name: string }>(text, [...values]);
    return found.rows.map((row) => row.name);
  };
  const run = () => housekeeping(server.services).run(new AbortController().signal);

  it('incidents that are over, with their alerts; one that is not over stays', async () => {
    const { knex } = server.database;
    const of = (subject: string): IncidentKey => ({
      accountId: ground.accountId,
      connectionId: scene.connectionId,
      kind: 'integration-stopped',
      subject,
    });
    await sql(
      `INSERT INTO di.alert_channel (account_id, kind, address, language) VALUES ($1, 'email', 'ops@example.com', 'en')`,
      [ground.accountId],
    );
    for (const subject of ['long over', 'over', 'long open']) {
      await openIncident(knex, { ...of(subject), message: 'It stopped.' });
      if (subject !== 'long open') await closeIncident(knex, of(subject));
    }
    await sql(
      `UPDATE di.incident SET created_at = now() - interval '101 days',
         closed_at = CASE WHEN closed_at IS NULL THEN NULL WHEN subject = 'over' THEN now() - interval '99 days' ELSE now() - interval '101 days' END`,
    );
    expect(await run()).toMatchObject({ incidents: 1 });
    expect(await sql('SELECT subject AS name FROM di.incident ORDER BY 1')).toEqual(['long open', 'over']);
    expect(
      await sql(
        `SELECT i.subject || ' ' || a.event AS name FROM di.alert a LEFT JOIN di.incident i ON i.id = a.incident_id ORDER BY 1`,
      ),
    ).toEqual(['long open opened', 'over closed', 'over opened']);
  });

  it('deployments that have ended; one that has not ended stays', async () => {
    const deployments = new Deployments(server.database.knex, ground.accountId);
    const ask = (object: string): Promise<string> =>
      deployments.ask({ connectionId: scene.connectionId, kind: 'trigger', object, by: 'a test' });
    const [ended, fresh] = [await ask('Contact'), await ask('Account')];
    await ask('Lead');
    await sql("UPDATE di.deployment SET created_at = now() - interval '200 days'");
    await sql("UPDATE di.deployment SET finished_at = now() - interval '101 days' WHERE id = $1", [ended]);
    await sql("UPDATE di.deployment SET finished_at = now() - interval '99 days' WHERE id = $1", [fresh]);
    expect(await run()).toMatchObject({ deployments: 1 });
    expect(await sql('SELECT object AS name FROM di.deployment ORDER BY 1')).toEqual(['Account', 'Lead']);
  });

  it('daily counts of deliveries', async () => {
    const id = await activeIntegration(server, scene, 'Contact', { operations: ['updated'] });
    await sql(
      `INSERT INTO di.delivery_count (integration_id, day, outcome, count)
       SELECT $1, (now() AT TIME ZONE 'UTC')::date - days, 'updated', days FROM unnest(ARRAY[0, 99, 102]) AS days`,
      [id],
    );
    expect(await run()).toMatchObject({ deliveryCounts: 1 });
    expect(await sql('SELECT count::text AS name FROM di.delivery_count ORDER BY count')).toEqual([
      '0',
      '99',
    ]);
  });

  it('which is a year unless it is said, and at least what the health of an integration counts', () => {
    expect(readConfig(SECRETS).historyDays).toBe(365);
    expect(readConfig({ ...SECRETS, HISTORY_DAYS: '30' }).historyDays).toBe(30);
    for (const days of ['29', '3651', 'long'])
      expect(() => readConfig({ ...SECRETS, HISTORY_DAYS: days })).toThrow('HISTORY_DAYS');
  });
});

const SECRETS = {
  ADMIN_TOKEN: 'an-admin-token-of-32-characters-or-more',
  ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 'k').toString('base64')}`,
};
