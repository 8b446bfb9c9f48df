import { randomUUID } from 'node:crypto';
import { refreshCapture } from '../../../server/src/outbound/integrations/refresh-capture.ts';
import { completed, definitionSchema } from '../../../server/src/outbound/integrations/integration-schema.ts';
import { Integrations } from '../../../server/src/outbound/integrations/integrations.ts';
import { admin, type Scene, type TestServer } from './test-server.ts';

/** Where the rows of a scene stand, for those who write them as an operator does. */
export interface Ground {
  readonly accountId: string;
  readonly projectId: string;
  readonly tableId: string;
  /** The contacts table in SQL. */
  readonly table: string;
}

export async function groundOf(server: TestServer, scene: Scene): Promise<Ground> {
  const found = await server.database.pool.query<{
    account_id: string;
    project_id: string;
    table_id: string;
    schema_name: string;
  }>(
    `SELECT p.account_id, p.id AS project_id, t.id AS table_id, p.schema_name
     FROM di.project p JOIN di.project_table t ON t.project_id = p.id WHERE p.code = $1 AND t.code = 'Contact'`,
    [scene.project],
  );
  const [row] = found.rows;
  if (!row) throw new Error('The scene has no project.');
  return {
    accountId: row.account_id,
    projectId: row.project_id,
    tableId: row.table_id,
    table: `"${row.schema_name}"."Contact"`,
  };
}

/** An integration that is active without an org having been asked. */
export async function activeIntegration(
  server: TestServer,
  scene: Scene,
  object: string,
  definition: object,
): Promise<string> {
  const { accountId, tableId } = await groundOf(server, scene);
  return server.database.knex.transaction(async (transaction) => {
    const integrations = new Integrations(transaction, accountId);
    const parsed = completed(definitionSchema.parse({ name: 'Test', ...definition }));
    const id = await integrations.create(scene.connectionId, tableId, object, parsed);
    await integrations.activate(await integrations.find(id), object);
    await refreshCapture(transaction, tableId);
    return id;
  });
}

/** An opt-in of the project, as it stands in the database. */
export async function createOptIn(server: TestServer, ground: Ground, code: string): Promise<string> {
  const made = await server.database.pool.query<{ id: string }>(
    'INSERT INTO di.opt_in (project_id, code, name) VALUES ($1, $2, $2) RETURNING id',
    [ground.projectId, code],
  );
  return made.rows[0]?.id ?? '';
}

/** People by their e-mail addresses say yes or no. */
export async function setConsent(
  server: TestServer,
  ground: Ground,
  optInId: string,
  emails: readonly string[],
  status: 'granted' | 'pending' | 'withdrawn',
): Promise<void> {
  await server.database.pool.query(
    `WITH keys AS (
       SELECT DISTINCT jsonb_build_object('email', e) AS record_key FROM unnest($3::text[]) e
     ), made AS (
       INSERT INTO di.record_identity (table_id, record_key) SELECT $2, record_key FROM keys ON CONFLICT DO NOTHING RETURNING id
     ), event AS (
       INSERT INTO di.consent_event (project_id, opt_in_id, identity_id, asked, status, outcome, source, actor_kind, actor_name, occurred_at)
       SELECT $1, $4, i.id, $5, $5, 'applied', 'api', 'system', $6, now()
       FROM (SELECT id FROM made UNION SELECT i.id FROM di.record_identity i JOIN keys k USING (record_key) WHERE i.table_id = $2) i
       RETURNING id, identity_id
     )
     INSERT INTO di.consent (opt_in_id, identity_id, status, changed_at, event_id)
     SELECT $4, identity_id, $5, now(), id FROM event
     ON CONFLICT (opt_in_id, identity_id) DO UPDATE SET status = EXCLUDED.status, changed_at = EXCLUDED.changed_at, event_id = EXCLUDED.event_id`,
    [ground.projectId, ground.tableId, emails, optInId, status, randomUUID()],
  );
}

export interface WaitingDelivery {
  readonly email: string;
  readonly change: string | null;
  readonly consent: boolean;
  readonly state: string;
  readonly code: string | null;
  readonly message: string | null;
}

/** What stands in the outbox of an integration, by e-mail address. */
export async function outboxOf(server: TestServer, integrationId: string): Promise<WaitingDelivery[]> {
  const found = await server.database.pool.query<WaitingDelivery>(
    `SELECT i.record_key->>'email' AS email, d.row_change AS change, d.is_consent_changed AS consent, d.state,
       d.last_code AS code, d.last_message AS message
     FROM di.delivery d JOIN di.record_identity i ON i.id = d.identity_id
     WHERE d.integration_id = $1 ORDER BY 1`,
    [integrationId],
  );
  return found.rows;
}

/** A second connection of the scene's project. */
export async function secondConnection(server: TestServer, scene: Scene): Promise<string> {
  const made = await admin(server, 'post', '/v1/admin/connections')
    .send({ project: scene.project, name: 'Second org' })
    .expect(201);
  return (made.body as { id: string }).id;
}
