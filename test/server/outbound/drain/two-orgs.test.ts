import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import { refuseSeveralOrgs } from '../../../../server/src/transfers/several-orgs.ts';
import { changeConsent, createOptIn } from '../../support/consent.ts';
import { activeIntegration, outboxOf, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { admin, authorizedToken, moment, postBatch, rowsOf, type Scene } from '../../support/test-server.ts';

const EMAIL = { salesforceField: 'Email', column: 'email' };
const NAME = { salesforceField: 'LastName', column: 'last_name' };
const AGE = { salesforceField: 'Age__c', column: 'age' };
const ADDRESS = 'a@example.com';
const MATCHING = { by: 'lookup', field: 'Email', column: 'email' };

interface Side {
  readonly scene: Scene;
  readonly org: OrgDouble;
  readonly token: string;
  /** The person's record. */
  readonly id: string;
  readonly integrations: readonly string[];
}

/** Two orgs fill a table with names, each by a connection of its own, and hear of ages and opt-outs, which the project has. */
describe('one table of two orgs', () => {
  let stage: DeliveryStage;
  let ground: Ground;
  let north: Side;
  let south: Side;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    const first = await setStage(stage);
    ({ ground } = first);
    await call('put', `/v1/admin/transfers/${first.scene.transferId}/mapping`, { mapping: [EMAIL, NAME] });
    await createOptIn(stage.server, first.scene);
    const second = await secondScene(first.scene);
    // Ids of two orgs are never the same.
    for (let other = 0; other < 10; other++) second.org.put('Contact', { Email: null, LastName: 'Other' });
    north = await sideOf(first.scene, first.org);
    south = await sideOf(second.scene, second.org);
  });

  async function call(method: 'post' | 'put', path: string, body: object, status = 200): Promise<unknown> {
    const answer = await admin(stage.server, method, path).send(body);
    expect(answer.status, answer.text).toBe(status);
    return answer.body;
  }

  async function secondScene(of: Scene): Promise<{ scene: Scene; org: OrgDouble }> {
    const keys = (await call(
      'post',
      '/v1/admin/connections',
      { project: of.project, name: 'South' },
      201,
    )) as {
      id: string;
      keyId: string;
      secret: string;
    };
    const transfer = await call(
      'post',
      '/v1/admin/transfers',
      { connection: keys.id, table: 'Contact', object: 'Contact', mapping: [EMAIL, NAME] },
      201,
    );
    const { id: transferId } = transfer as { id: string };
    await call('post', `/v1/admin/transfers/${transferId}/activate`, {});
    const org = stage.orgs.of(keys.id);
    await keepObject(stage.server.database.knex, keys.id, await org.describe('Contact'));
    return { scene: { ...of, ...keys, connectionId: keys.id, transferId }, org };
  }

  async function sideOf(scene: Scene, org: OrgDouble): Promise<Side> {
    const token = await authorizedToken(stage.server, scene);
    const integrations = [
      await activeIntegration(stage.server, scene, 'Contact', {
        ...{ operations: ['updated'], mapping: [AGE], matching: MATCHING },
      }),
      await activeIntegration(stage.server, scene, 'Contact', {
        ...{ operations: ['consent'], matching: { ...MATCHING, several: 'all' } },
        optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
      }),
    ];
    const id = org.put('Contact', { Email: ADDRESS, LastName: 'A', Age__c: 40 });
    return { scene, org, token, id, integrations };
  }

  const says = ({ token, id }: Side, name: string, seconds: number): Promise<unknown> =>
    postBatch(stage.server, token, { upserts: [[id, moment(seconds), ADDRESS, name]] }).expect(200);
  const deletes = ({ token, id }: Side, seconds: number): Promise<unknown> =>
    postBatch(stage.server, token, { deletes: [{ id, at: moment(seconds), key: {} }] }).expect(200);
  const rows = async (): Promise<unknown[]> =>
    (await rowsOf(stage.server, north.scene)).map(({ last_name: name, age }) => [name, age]);
  const recordsOf = (key: string): unknown[] => [north, south].map(({ org, id }) => org.record(id)?.[key]);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) {
      await stage.letTimePass();
      await stage.deliver();
    }
    for (const { integrations } of [north, south])
      for (const id of integrations) expect(await outboxOf(stage.server, id)).toEqual([]);
  };

  it('has one row of a person whom both know, by the name that was changed last', async () => {
    await says(north, 'North', 0);
    await says(south, 'South', 1);
    expect(await rows()).toEqual([['South', null]]);
    await says(north, 'Norths', 2);
    expect(await rows()).toEqual([['Norths', null]]);
    // What comes late is older, whichever org it is of.
    await says(south, 'Souths', 1);
    expect(await rows()).toEqual([['Norths', null]]);
    await settle();
    expect(recordsOf('LastName')).toEqual(['A', 'A']);
  });

  it('sends what the project changes to both, whosever the row is, and keeps it through every change of hands', async () => {
    await says(north, 'North', 0);
    await says(south, 'South', 1);
    await stage.sql(ground, 'UPDATE CONTACT SET age = 50');
    await settle();
    expect(recordsOf('Age__c')).toEqual([50, 50]);
    await stage.sql(ground, 'UPDATE CONTACT SET age = 51');
    await says(north, 'North', 2);
    await settle();
    expect(recordsOf('Age__c')).toEqual([51, 51]);
    expect(await rows()).toEqual([['North', 51]]);
  });

  it('keeps the row as long as one of them has the person', async () => {
    await says(north, 'North', 0);
    await says(south, 'South', 1);
    await deletes(south, 2);
    expect(await rows()).toEqual([['North', null]]);
    await settle();
    expect(north.org.record(north.id)).toBeDefined();
    await deletes(north, 3);
    expect(await rows()).toEqual([]);
  });

  it('tells both of who leaves', async () => {
    await says(north, 'North', 0);
    await says(south, 'South', 1);
    const changes = [{ contact: { email: ADDRESS }, optIn: 'newsletter', status: 'withdrawn' }];
    await changeConsent(stage.server, north.scene, changes);
    await settle();
    expect(recordsOf('HasOptedOutOfEmail')).toEqual([true, true]);
  });

  describe('that writes back what comes', () => {
    const twoWays = (side: Side): Promise<string> =>
      activeIntegration(stage.server, side.scene, 'Contact', {
        ...{ operations: ['updated'], mapping: [AGE, NAME], matching: MATCHING, name: 'Names' },
      });

    it('is refused with the second transfer', async () => {
      await call('post', `/v1/admin/transfers/${south.scene.transferId}/pause`, {});
      await twoWays(north);
      const refused = await call('post', `/v1/admin/transfers/${south.scene.transferId}/activate`, {}, 409);
      expect(refused).toMatchObject({
        code: 'several-orgs',
        sentence: { parameters: { integration: 'Names', column: 'last_name' } },
      });
      await call('post', `/v1/admin/transfers/${north.scene.transferId}/pause`, {});
      await call('post', `/v1/admin/transfers/${south.scene.transferId}/activate`, {});
    });

    it('is refused with the integration, of either', async () => {
      const { knex } = stage.server.database;
      await expect(refuseSeveralOrgs(knex, ground.tableId)).resolves.toBeUndefined();
      await twoWays(south);
      await expect(refuseSeveralOrgs(knex, ground.tableId)).rejects.toMatchObject({ code: 'several-orgs' });
    });

    it('is taken where the other connection is revoked: it fills nothing any more', async () => {
      await twoWays(south);
      await admin(stage.server, 'delete', `/v1/admin/connections/${north.scene.connectionId}`).expect(204);
      await expect(refuseSeveralOrgs(stage.server.database.knex, ground.tableId)).resolves.toBeUndefined();
    });
  });
});
