import type { Misfit } from '../../../../server/src/outbound/integrations/integration-misfits.ts';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Express } from 'express';
import { createApp } from '../../../../server/src/app.ts';
import { deliveryRoutes } from '../../../../server/src/outbound/deliveries/delivery-routes.ts';
import { integrationRoutes } from '../../../../server/src/outbound/integrations/integration-routes.ts';
import { watchIncidents } from '../../../../server/src/operations/health/watch-incidents.ts';
import { SalesforceFault } from '../../../../server/src/salesforce/org.ts';
import { createOptIn, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { orgField, type OrgDouble } from '../../support/org-double.ts';
import { admin, ADMIN, authorizedToken, type Scene } from '../../support/test-server.ts';

const EMAIL = { salesforceField: 'Email', column: 'email' };
const LAST_NAME = { salesforceField: 'LastName', column: 'last_name' };
const ROWS = {
  name: 'People',
  operations: ['created', 'updated'],
  mapping: [EMAIL, LAST_NAME],
  matching: { by: 'external-id', field: 'DI_Id__c' },
};
const LOOKUP = { by: 'lookup', field: 'Email', column: 'email' };

describe('an integration', () => {
  let stage: DeliveryStage;
  let app: Express;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  beforeAll(async () => {
    stage = await startDeliveryStage();
    const routes = [...integrationRoutes(stage.orgs), ...deliveryRoutes()];
    app = createApp(stage.server.services, routes, pino({ level: 'silent' }));
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ({ scene, ground, org } = await setStage(stage));
    stage.orgs.fault = null;
  });

  const call = (method: 'get' | 'post' | 'put', path: string): request.Test =>
    request(app)[method](`/v1/admin/${path}`).set('Authorization', `Bearer ${ADMIN}`);

  async function created(definition: object, object = 'Contact'): Promise<string> {
    const answer = await call('post', 'integrations')
      .send({ connection: scene.connectionId, table: 'Contact', object, ...definition })
      .expect(201);
    return (answer.body as { id: string }).id;
  }

  const insert = (values: string): Promise<object[]> =>
    stage.sql(ground, `INSERT INTO CONTACT (email, last_name) VALUES ${values}`);

  it('sends nothing as a draft, then what changes, and keeps what changes while it is paused', async () => {
    const id = await created(ROWS);
    await insert("('draft@example.com', 'D')");
    const activated = await call('post', `integrations/${id}/activate`).expect(200);
    expect(activated.body).toMatchObject({ integration: { status: 'active' } });
    await insert("('active@example.com', 'A')");
    await stage.deliver();
    await call('post', `integrations/${id}/pause`).expect(200);
    await insert("('paused@example.com', 'P')");
    expect(await stage.deliver()).toBe(0);
    expect(org.records('Contact').map((record) => record.Email)).toEqual(['active@example.com']);
    const waiting = await call('get', `deliveries?integration=${id}`).expect(200);
    expect(waiting.body).toMatchObject({
      deliveries: [{ key: { email: 'paused@example.com' }, changes: ['created'], state: 'held' }],
    });
    await call('post', `integrations/${id}/activate`).expect(200);
    await stage.deliver();
    expect(org.records('Contact')).toHaveLength(2);
    await call('post', `integrations/${id}/archive`).expect(200);
    await insert("('archived@example.com', 'X')");
    expect((await call('get', `deliveries?integration=${id}`)).body).toMatchObject({ deliveries: [] });
    expect((await call('post', `integrations/${id}/activate`)).body).toMatchObject({
      code: 'integration-archived',
    });
  });

  it.each([
    ['a column that is not there', { mapping: [{ ...EMAIL, column: 'nothing' }] }, 'unknown-column'],
    ['a field twice', { mapping: [EMAIL, { ...EMAIL, salesforceField: 'email' }] }, 'field-mapped-twice'],
    [
      'the record’s own id',
      { mapping: [EMAIL, { ...LAST_NAME, salesforceField: 'Id' }] },
      'field-not-writable',
    ],
    ['rows without a mapping', { mapping: [] }, 'mapping-missing'],
    ['creations that cannot be repeated', { matching: { by: 'record-id' } }, 'creation-not-repeatable'],
    ['consent without a checkbox', { operations: ['consent'] }, 'opt-in-field-missing'],
    ['rows to several records', { matching: { ...LOOKUP, several: 'all' } }, 'several-records'],
    ['a look-up by what is no text', { matching: { ...LOOKUP, column: 'age' } }, 'lookup-column-type'],
  ])('refuses %s', async (_what, change, code) => {
    const answer = await call('post', 'integrations').send({
      connection: scene.connectionId,
      table: 'Contact',
      object: 'Contact',
      ...ROWS,
      ...change,
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code });
  });

  it('refuses an unknown member, an unknown operation and a place that is no time zone', async () => {
    for (const change of [
      { colour: 'red' },
      { operations: ['merged'] },
      { settings: { schedule: { kind: 'daily', hour: 3, timeZone: 'Mars/Olympus' } } },
      { optInFields: [{ optIn: null, field: 'X__c', trueWhen: 'granted' }] },
    ])
      await call('post', 'integrations')
        .send({ connection: scene.connectionId, table: 'Contact', object: 'Contact', ...ROWS, ...change })
        .expect(400);
  });

  const contact = async (change: (fields: ReturnType<typeof orgField>[]) => unknown[]): Promise<void> => {
    const described = await org.describe('Contact');
    org.objects.set('contact', {
      ...described,
      fields: change([...described.fields]) as typeof described.fields,
    });
  };

  it.each([
    [
      'a field that is not there',
      [EMAIL, LAST_NAME, { salesforceField: 'Nothing__c', column: 'tier' }],
      'Nothing__c',
    ],
    [
      'a field that cannot be written',
      [EMAIL, LAST_NAME, { salesforceField: 'Formula__c', column: 'tier' }],
      'Formula__c',
    ],
    ['a type that cannot be', [EMAIL, LAST_NAME, { salesforceField: 'Age__c', column: 'born' }], 'Age__c'],
    ['a required field without a value', [EMAIL], 'LastName'],
    ['an email into a number', [LAST_NAME, { salesforceField: 'Age__c', column: 'email' }], 'Age__c'],
  ])('is refused for %s, which is named, and nothing is noted', async (_what, mapping, field) => {
    const id = await created({ ...ROWS, mapping });
    const answer = await call('post', `integrations/${id}/activate`).expect(422);
    expect(answer.body).toMatchObject({
      code: 'incompatible-fields',
      misfits: expect.arrayContaining([
        expect.objectContaining({ salesforceField: field, level: 'misfit' }),
      ]) as unknown,
    });
    const [row] = await stage.sql<{ status: string }>(
      ground,
      'SELECT status FROM di.integration WHERE id = $1',
      [id],
    );
    expect(row?.status).toBe('draft');
  });

  it('is refused for picklist values that the org does not have', async () => {
    await contact((fields) => [
      ...fields.filter((field) => field.name !== 'Tier__c'),
      orgField('Tier__c', { type: 'picklist', picklist: ['gold'], isRestrictedPicklist: true }),
    ]);
    const id = await created({
      ...ROWS,
      mapping: [EMAIL, LAST_NAME, { salesforceField: 'Tier__c', column: 'tier' }],
    });
    const answer = await call('post', `integrations/${id}/activate`).expect(422);
    expect((answer.body as { detail: string }).detail).toContain('"silver"');
  });

  it('is refused for Email Opt Out that the user may not edit, an external id that is not unique, an object that may not be created', async () => {
    await createOptIn(stage.server, ground, 'news');
    const described = await org.describe('Contact');
    org.objects.set('contact', {
      ...described,
      isCreateable: false,
      fields: described.fields.map((field) =>
        field.name === 'HasOptedOutOfEmail'
          ? { ...field, isUpdateable: false }
          : field.name === 'DI_Id__c'
            ? { ...field, isUnique: false }
            : field,
      ),
    });
    const id = await created({
      ...ROWS,
      operations: ['created', 'consent'],
      optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
    });
    const answer = await call('post', `integrations/${id}/activate`).expect(422);
    const { detail, misfits } = answer.body as { detail: string; misfits: readonly Misfit[] };
    expect(detail).toBe(
      '3 things do not fit. The first: The connection’s user may not create records of Contact: give it the permission.',
    );
    const refused = misfits.filter(({ level }) => level === 'misfit');
    expect(refused.map(({ sentence }) => sentence)).toEqual([
      { code: 'fits.may-not-create', parameters: { object: 'Contact' } },
      { code: 'fits.may-not-change-field', parameters: { field: 'HasOptedOutOfEmail' } },
      { code: 'fits.not-unique', parameters: { field: 'DI_Id__c' } },
    ]);
  });

  it('says at activation which values Salesforce will look at', async () => {
    const id = await created(ROWS);
    const answer = await call('post', `integrations/${id}/check`).expect(200);
    expect(answer.body).toMatchObject({
      compatibility: expect.arrayContaining([
        expect.objectContaining({ salesforceField: 'Email', column: 'email', level: 'checked' }),
        expect.objectContaining({ salesforceField: 'LastName', column: 'last_name', level: 'checked' }),
      ]) as unknown,
    });
  });

  it('is not activated without an authorization, and says what to do', async () => {
    const id = await created(ROWS);
    stage.orgs.fault = new SalesforceFault('stop', 'not-authorized', 'Authorize the connection first.');
    const answer = await call('post', `integrations/${id}/activate`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect((answer.body as { detail: string }).detail).toContain('Authorize the connection first.');
  });

  it('stops its connection’s health as long as it is stopped itself, whatever it is called by then', async () => {
    await authorizedToken(stage.server, scene);
    const health = async (): Promise<unknown> => {
      const answer = await admin(stage.server, 'get', '/v1/admin/health').expect(200);
      const { connections } = answer.body as { connections: { id: string }[] };
      return connections.find((connection) => connection.id === scene.connectionId);
    };
    const id = await created(ROWS);
    await call('post', `integrations/${id}/activate`).expect(200);
    org.refuse = () => ({ code: 'STORAGE_LIMIT_EXCEEDED', message: 'storage limit exceeded', fields: [] });
    await insert("('a@example.com', 'A')");
    await stage.deliver();
    await call('put', `integrations/${id}`)
      .send({ ...ROWS, name: 'Persons' })
      .expect(200);
    await watchIncidents(stage.server.database.knex);
    expect(await health()).toMatchObject({
      verdict: 'stopped',
      incidents: [{ message: expect.stringMatching(/^Persons: .*no room/) as string }],
    });
    org.refuse = () => null;
    await call('post', `integrations/${id}/activate`).expect(200);
    expect(await health()).toMatchObject({ incidents: [] });
    await stage.deliver();
    expect(await health()).toMatchObject({ verdict: 'in-step', incidents: [] });
  });

  it('says of its connection that changes are on their way, and that they are late where nobody sends them', async () => {
    await authorizedToken(stage.server, scene);
    const health = async (): Promise<unknown> => {
      const answer = await admin(stage.server, 'get', '/v1/admin/health').expect(200);
      const { connections } = answer.body as { connections: { id: string }[] };
      return connections.find((connection) => connection.id === scene.connectionId);
    };
    const id = await created(ROWS);
    await call('post', `integrations/${id}/activate`).expect(200);
    await insert("('a@example.com', 'A')");
    expect(await health()).toMatchObject({ verdict: 'sending', deliveries: { waiting: 1, late: 0 } });
    await call('post', `integrations/${id}/pause`).expect(200);
    expect(await health()).toMatchObject({ verdict: 'behind', deliveries: { waiting: 1, late: 1 } });
    await call('post', `integrations/${id}/activate`).expect(200);
    await stage.server.database.pool.query(
      "UPDATE di.delivery SET due_at = due_at - interval '20 minutes' WHERE integration_id = $1",
      [id],
    );
    expect(await health()).toMatchObject({ verdict: 'behind', deliveries: { waiting: 1, late: 1 } });
    await stage.deliver();
    expect(await health()).toMatchObject({ verdict: 'in-step', deliveries: { waiting: 0, late: 0 } });
  });

  it('shows its health, and has dead letters replayed and discarded, which is audited', async () => {
    const id = await created(ROWS);
    await call('post', `integrations/${id}/activate`).expect(200);
    org.refuse = (_operation, record) =>
      record.LastName === 'Bad'
        ? { code: 'STRING_TOO_LONG', message: 'too long', fields: ['LastName'] }
        : null;
    await insert("('a@example.com', 'Bad'), ('b@example.com', 'Bad'), ('c@example.com', 'Good')");
    await stage.deliver();
    const health = await call('get', `integrations/${id}/health`).expect(200);
    expect(health.body).toMatchObject({
      status: 'failing',
      pending: 0,
      dead: 2,
      apiCalls: 1,
      reasons: [{ code: 'STRING_TOO_LONG', count: 2 }],
      outcomes: { created: 1, dead: 2 },
    });
    const listed = await call('get', `deliveries?integration=${id}&state=dead&limit=1`).expect(200);
    const { deliveries, next } = listed.body as {
      deliveries: { id: string; message: string }[];
      next: string;
    };
    expect(deliveries[0]?.message).toContain('shorten it, or widen the field');
    const rest = await call('get', `deliveries?integration=${id}&state=dead&after=${next}`);
    const others = (rest.body as { deliveries: { id: string }[] }).deliveries;
    expect(others.map((each) => each.id)).not.toContain(deliveries[0]?.id);
    expect(others).toHaveLength(1);
    org.refuse = () => null;
    const replayed = await call('post', 'deliveries/replay').send({
      integration: id,
      ids: [deliveries[0]?.id],
    });
    expect(replayed.body).toEqual({ count: 1 });
    const discarded = await call('post', 'deliveries/discard').send({
      integration: id,
      code: 'STRING_TOO_LONG',
    });
    expect(discarded.body).toEqual({ count: 1 });
    await stage.deliver();
    expect(org.records('Contact')).toHaveLength(2);
    expect((await call('get', `integrations/${id}/health`)).body).toMatchObject({
      status: 'in-step',
      dead: 0,
    });
    const audited = await stage.sql(
      ground,
      'SELECT action FROM di.audit_event WHERE subject = $1 ORDER BY id',
      [id],
    );
    expect(audited).toEqual(
      ['integration.created', 'integration.activated', 'deliveries.replayed', 'deliveries.discarded'].map(
        (action) => ({ action }),
      ),
    );
  });

  it('creates a record again that was deleted in the org, when its dead letter is replayed', async () => {
    const id = await created(ROWS);
    await call('post', `integrations/${id}/activate`).expect(200);
    await insert("('a@example.com', 'A')");
    await stage.deliver();
    org.remove(String(org.records('Contact')[0]?.Id));
    await stage.sql(ground, "UPDATE CONTACT SET last_name = 'B'");
    await stage.deliver();
    expect(org.records('Contact')).toEqual([]);
    await call('post', 'deliveries/replay').send({ integration: id }).expect(200, { count: 1 });
    await stage.deliver();
    await stage.letTimePass();
    await stage.deliver();
    expect(org.records('Contact')).toMatchObject([{ Email: 'a@example.com', LastName: 'B' }]);
  });

  it('waits for the hour of its schedule', async () => {
    const schedule = { kind: 'daily', hour: 3, timeZone: 'America/Montreal' };
    const id = await created({ ...ROWS, settings: { schedule } });
    await call('post', `integrations/${id}/activate`).expect(200);
    await insert("('a@example.com', 'A')");
    expect(await stage.deliver()).toBe(0);
    const shown = await call('get', `integrations/${id}`);
    const { nextRunAt } = shown.body as { nextRunAt: string };
    const hour = new Intl.DateTimeFormat('en', {
      hour: 'numeric',
      hour12: false,
      timeZone: 'America/Montreal',
    });
    expect(Number(hour.format(new Date(nextRunAt)))).toBe(3);
    // The hour has come.
    await stage.sql(
      ground,
      "UPDATE di.integration SET next_run_at = now() - interval '1 second' WHERE id = $1",
      [id],
    );
    await stage.sql(
      ground,
      "UPDATE di.delivery SET due_at = now() - interval '1 second' WHERE integration_id = $1",
      [id],
    );
    await stage.deliver();
    expect(org.records('Contact')).toHaveLength(1);
    await insert("('b@example.com', 'B')");
    expect(await stage.deliver()).toBe(0);
    await call('put', `integrations/${id}`).send(ROWS).expect(200);
    await stage.deliver();
    expect(org.records('Contact')).toHaveLength(2);
  });
});
