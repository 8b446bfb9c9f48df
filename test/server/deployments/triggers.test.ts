import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDeployment } from '../../../server/src/deployments/deployment-loop.ts';
import { metadataZip } from '../../../server/src/deployments/metadata-zip.ts';
import { generateTrigger } from '../../../server/src/salesforce/generated-trigger.ts';
import type { SalesforceOrg } from '../../../server/src/salesforce/org.ts';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

interface Deployment {
  readonly status: string;
  readonly code: string | null;
  readonly message: string;
  readonly progress: { readonly testsCompleted: number } | null;
  readonly failures: { readonly kind: string; readonly component: string }[];
}

const logger = pino({ level: 'silent' });
const MAPPING = [{ salesforceField: 'Name', column: 'email' }];

/** The trigger of a customer's own object, put into the local org and taken out again. */
describe('the trigger of an object', () => {
  let stage: SalesforceStage;
  let scene: Scene;
  let org: SalesforceOrg;
  let transfer: string;
  beforeAll(async () => {
    stage = await startStage({}, ['test/subscriber-org']);
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    org = await stage.server.services.orgs.open(scene.connectionId, 'checks');
    transfer = await addTransfer(scene, 'Region__c');
  });
  afterAll(() => stage.close());

  async function addTransfer({ connectionId }: Scene, object: string): Promise<string> {
    const answer = await admin(stage.server, 'post', '/v1/admin/transfers')
      .send({ connection: connectionId, table: 'Contact', object, mapping: MAPPING })
      .expect(201);
    return (answer.body as { id: string }).id;
  }

  const work = (): Promise<boolean> =>
    runDeployment(stage.server.database.knex, stage.server.services.orgs, logger);

  async function change(method: 'post' | 'delete', id = transfer): Promise<Deployment> {
    const answer = await admin(stage.server, method, `/v1/admin/transfers/${id}/trigger`).expect(202);
    await work();
    const { deployment } = answer.body as { deployment: string };
    const found = await admin(stage.server, 'get', `/v1/admin/deployments/${deployment}`).expect(200);
    return found.body as Deployment;
  }

  async function apexNames(): Promise<unknown[]> {
    const names: unknown[] = [];
    for (const type of ['ApexTrigger', 'ApexClass'])
      for await (const page of org.query(`SELECT Name FROM ${type} WHERE Name LIKE '%Region%'`))
        names.push(...page.map((record) => record.Name));
    return names;
  }

  it('is deployed with its test, is there, and can be deployed again', async () => {
    for (const _again of [1, 2])
      expect(await change('post')).toMatchObject({
        status: 'succeeded',
        plan: { components: ['DI_RegionTransferTrigger', 'DI_RegionTransferTriggerTest'] },
        progress: { testsCompleted: 1 },
        failures: [],
      });
    expect(await apexNames()).toEqual(['DI_RegionTransferTrigger', 'DI_RegionTransferTriggerTest']);
    const kept = await stage.server.database.knex('di.org_trigger').select<{ name: string }[]>('name');
    expect(kept).toEqual([{ name: 'DI_RegionTransferTrigger' }]);
  });

  it('that stands there under an earlier name is replaced, and taken out under the name that it has', async () => {
    const earlier = generateTrigger('Region__c').map(({ path, content }) => ({
      path: path.replace('DI_', ''),
      content: content.replaceAll('DI_Region', 'Region'),
    }));
    const standUnderEarlierName = async (): Promise<void> => {
      const zip = metadataZip({
        files: Object.fromEntries(earlier.map(({ path, content }) => [path, content])),
        members: { ApexClass: ['RegionTransferTriggerTest'], ApexTrigger: ['RegionTransferTrigger'] },
      });
      const result = await org.deploy(zip, { tests: ['RegionTransferTriggerTest'] });
      expect(result).toMatchObject({ isSuccess: true });
      await stage.server.database.knex('di.org_trigger').update({ name: 'RegionTransferTrigger' });
    };
    await change('post');
    await standUnderEarlierName();
    expect(await change('post')).toMatchObject({ status: 'succeeded' });
    expect(await apexNames()).toEqual(['DI_RegionTransferTrigger', 'DI_RegionTransferTriggerTest']);

    await standUnderEarlierName();
    expect(await change('delete')).toMatchObject({ status: 'succeeded' });
    expect(await apexNames()).toEqual([]);
  });

  it('stays while a transfer of its object is active, whichever connection it is of', async () => {
    await change('post');
    const other = await createScene(stage.server);
    await authorizeByPassword(stage.server, other.connectionId, stage.org.url);
    const active = await addTransfer(other, 'region__c');
    await admin(stage.server, 'post', `/v1/admin/transfers/${active}/activate`).expect(200);
    const refused = await admin(stage.server, 'delete', `/v1/admin/transfers/${transfer}/trigger`).expect(
      409,
    );
    expect(refused.body).toMatchObject({ code: 'trigger-needed' });

    await admin(stage.server, 'post', `/v1/admin/transfers/${active}/pause`).expect(200);
    expect(await change('delete')).toMatchObject({ status: 'succeeded' });
    expect(await apexNames()).toEqual([]);
  });

  it('that is gone already is taken out without a complaint', async () => {
    await change('post');
    await change('delete');
    expect(await change('delete')).toMatchObject({ status: 'succeeded' });
  });

  it('goes by itself when no connection of the org has a transfer of the object any more', async () => {
    const { knex } = stage.server.database;
    await change('post');
    expect(await work()).toBe(false);
    const holders = knex('di.transfer').whereRaw('lower(object) = ?', ['region__c']).select('connection_id');
    await knex('di.connection').whereIn('id', holders).update({ status: 'revoked' });
    const still = await createScene(stage.server);
    await authorizeByPassword(stage.server, still.connectionId, stage.org.url);
    expect(await work()).toBe(true);
    expect(await work()).toBe(true);
    org = await stage.server.services.orgs.open(still.connectionId, 'checks');
    expect(await apexNames()).toEqual([]);
    expect(await work()).toBe(false);
    await knex('di.connection').whereIn('id', holders).update({ status: 'active' });
  });

  it('of an object whose trigger is in the package is refused', async () => {
    for (const method of ['post', 'delete'] as const) {
      const refused = await admin(
        stage.server,
        method,
        `/v1/admin/transfers/${scene.transferId}/trigger`,
      ).expect(422);
      expect(refused.body).toMatchObject({ code: 'trigger-shipped' });
    }
  });
});
