import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groundOf, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { deliverAll } from '../../support/deliver-all.ts';
import {
  authorizeByPassword,
  orderFault,
  startStage,
  type SalesforceStage,
} from '../../support/salesforce.ts';
import { admin, createScene, type Scene } from '../../support/test-server.ts';
import type { Salesforce } from '../../../../scripts/demo/salesforce.ts';

/** The API and a local org, HTTP between them; the connection breaks when the org has made a record, before it says so. */
describe('a record of whose creation nobody was told', () => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  let ground: Ground;
  let integration: string;
  let family: string;
  let families = 0;

  beforeAll(async () => {
    stage = await startStage();
    salesforce = await stage.org.connect();
  }, 120_000);
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    scene = await createScene(stage.server);
    ground = await groundOf(stage.server, scene);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    families += 1;
    family = `Lost${families}`;
  });

  async function integrate(field: 'Email' | 'LastName', operations: readonly string[]): Promise<void> {
    const column = field === 'Email' ? 'email' : 'last_name';
    const created = await admin(stage.server, 'post', '/v1/admin/integrations')
      .send({
        ...{
          connection: scene.connectionId,
          table: 'Contact',
          object: 'Contact',
          name: 'People',
          operations,
        },
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
          { salesforceField: 'Birthdate', column: 'born' },
        ],
        matching: { by: 'lookup', field, column },
      })
      .expect(201);
    ({ id: integration } = created.body as { id: string });
    await admin(stage.server, 'post', `/v1/admin/integrations/${integration}/activate`).expect(200);
  }

  const sql = (text: string, values: unknown[] = []): Promise<object[]> =>
    stage.server.database.pool
      .query<object>(text.replaceAll('CONTACT', ground.table), values)
      .then(({ rows }) => rows);
  const address = (who: string): string => `${who}@${family.toLowerCase()}.example.com`;
  const insert = (who: string): Promise<object[]> =>
    sql('INSERT INTO CONTACT (email, last_name) VALUES ($1, $2)', [address(who), family]);
  const patch = async (who: string, change: object): Promise<void> => {
    const rows = `/v1/admin/projects/${scene.project}/tables/Contact/rows`;
    await admin(stage.server, 'patch', `${rows}/${address(who)}?overridesSalesforce=true`)
      .send(change)
      .expect(200);
  };
  const sendAndLoseAnswer = async (): Promise<void> => {
    await orderFault(stage.org.url, { kind: 'reset-after', match: { operation: 'insert' } });
    await deliverAll(stage.server);
  };
  const sendLater = async (): Promise<void> => {
    await sql("UPDATE di.delivery SET due_at = now() WHERE state = 'pending'");
    await sql('UPDATE di.delivery_channel SET resume_at = NULL');
    await deliverAll(stage.server);
  };
  const records = async (): Promise<object[]> => {
    const found = await salesforce.connection.query<{ Email: string; LastName: string }>(
      `SELECT Email, LastName FROM Contact WHERE Email LIKE '%@${family.toLowerCase()}.example.com' ORDER BY Email`,
    );
    return found.records.map(({ Email, LastName }) => ({ Email, LastName }));
  };

  it('is found again by the address that it was made with, where the row has another one now', async () => {
    await integrate('Email', ['created', 'updated']);
    await insert('a');
    await sendAndLoseAnswer();
    expect(await records()).toEqual([{ Email: address('a'), LastName: family }]);
    await patch('a', { email: address('b') });
    await sendLater();
    expect(await records()).toEqual([{ Email: address('b'), LastName: family }]);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
    await patch('b', { last_name: `${family} again` });
    await sendLater();
    expect(await records()).toEqual([{ Email: address('b'), LastName: `${family} again` }]);
  });

  it('is found again where it is looked for by what is no key', async () => {
    await integrate('LastName', ['created', 'updated']);
    await insert('a');
    await sendAndLoseAnswer();
    await patch('a', { last_name: `${family} again` });
    await sendLater();
    expect(await records()).toEqual([{ Email: address('a'), LastName: `${family} again` }]);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('is made, where the org had not made it', async () => {
    await integrate('Email', ['created', 'updated']);
    await insert('a');
    await orderFault(stage.org.url, { kind: 'reset-before', match: { operation: 'insert' } });
    await deliverAll(stage.server);
    await patch('a', { email: address('b') });
    await sendLater();
    expect(await records()).toEqual([{ Email: address('b'), LastName: family }]);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('goes, where its row took another key behind the server’s back and deletions are sent', async () => {
    await integrate('Email', ['created', 'updated', 'deleted']);
    await insert('a');
    await sendAndLoseAnswer();
    await sql('UPDATE CONTACT SET email = $1', [address('b')]);
    await sendLater();
    expect(await records()).toEqual([{ Email: address('b'), LastName: family }]);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it.each([
    { what: 'the row is deleted', then: 'DELETE FROM CONTACT', left: ['a'] },
    { what: 'the row takes another address', then: null, left: ['a', 'b'] },
  ])('is no one else’s that was refused, when $what', async ({ then, left }) => {
    await integrate('Email', ['created', 'updated', 'deleted']);
    await insert('a');
    await orderFault(stage.org.url, {
      ...{ kind: 'row-error', match: { operation: 'insert' } },
      ...{ code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'No.' },
    });
    await deliverAll(stage.server);
    expect(await outboxOf(stage.server, integration)).toMatchObject([{ state: 'dead' }]);
    // Somebody in Salesforce makes one of that address.
    await salesforce.create('Contact', { Email: address('a'), LastName: 'Of Salesforce' });
    if (then === null) await patch('a', { email: address('b') });
    else await sql(then);
    await sendLater();
    expect(await records()).toEqual(
      left.map((who) => ({ Email: address(who), LastName: who === 'a' ? 'Of Salesforce' : family })),
    );
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });
});
