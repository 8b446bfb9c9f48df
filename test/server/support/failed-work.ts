import { activeIntegration } from './delivery-scene.ts';
import { admin, type Scene, type TestServer } from './test-server.ts';

/** The account and project of a scene's connection. */
export async function connectionRow(
  server: TestServer,
  scene: Scene,
): Promise<{ account_id: string; project_id: string }> {
  const { rows } = await server.database.pool.query(
    'SELECT account_id, project_id FROM di.connection WHERE id = $1',
    [scene.connectionId],
  );
  return rows[0] as { account_id: string; project_id: string };
}

/** One of each kind that ends in a row of the database, as the work that does it leaves it behind. */
export async function failEachKind(
  server: TestServer,
  scene: Scene,
  dead = 1,
): Promise<{ import: string; pull: string; deployment: string; integration: string }> {
  const { account_id: account, project_id: project } = await connectionRow(server, scene);
  const one = async (text: string, values: unknown[]): Promise<string> => {
    const { rows } = await server.database.pool.query(text, values);
    return (rows[0] as { id: string }).id;
  };
  const action = await admin(server, 'post', '/v1/admin/actions')
    .send({
      connection: scene.connectionId,
      name: 'Form',
      object: 'Lead',
      operation: 'create',
      mapping: [{ field: 'LastName', path: 'name' }],
    })
    .expect(201);
  await server.database.pool.query(
    `INSERT INTO di.write_item (queue_id, key, person, occasion, body, status, finished_at, outcomes)
     VALUES ($1, 'a', 'a', 'api', '{}', 'failed', now(), '[{"kind":"refused","code":"X","message":"No."}]')`,
    [(action.body as { id: string }).id],
  );
  const integration = await activeIntegration(server, scene, 'Contact', {
    operations: ['updated'],
    mapping: [{ column: 'last_name', salesforceField: 'LastName' }],
    matching: { by: 'lookup', field: 'Email', column: 'email' },
  });
  await server.database.pool.query(
    `WITH made AS (
       INSERT INTO di.record_identity (table_id, record_key)
       SELECT t.table_id, jsonb_build_object('email', n || '@example.com')
       FROM di.transfer t, generate_series(1, $3::int) n WHERE t.id = $2 RETURNING id)
     INSERT INTO di.delivery (integration_id, connection_id, identity_id, state, last_code)
     SELECT $1, $4, id, 'dead', 'X' FROM made`,
    [integration, scene.transferId, dead, scene.connectionId],
  );
  const pull = await admin(server, 'post', '/v1/admin/pulls')
    .send({ transfer: scene.transferId, startNow: false })
    .expect(201);
  const { id: pullId } = pull.body as { id: string };
  await server.database.pool.query(
    `INSERT INTO di.pull_run (pull_id, kind, reason, state, code, message, finished_at)
     VALUES ($1, 'changes', 'schedule', 'failed', 'invalid_grant', 'Revoked.', now())`,
    [pullId],
  );
  return {
    import: await one(
      `INSERT INTO di.import (account_id, project_id, connection_id, object, name, status, message)
       VALUES ($1, $2, $3, 'Contact', 'people.csv', 'failed', 'No.') RETURNING id`,
      [account, project, scene.connectionId],
    ),
    pull: pullId,
    deployment: await one(
      `INSERT INTO di.deployment (account_id, connection_id, kind, object, request, status, requested_by, finished_at)
       VALUES ($1, $2, 'fields', 'Contact', '{}', 'failed', 'Ann', now()) RETURNING id`,
      [account, scene.connectionId],
    ),
    integration,
  };
}
