import { strFromU8, unzipSync } from 'fflate';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runDeployment } from '../../../server/src/deployments/deployment-loop.ts';
import { SalesforceFault, type DeployFailure } from '../../../server/src/salesforce/org.ts';
import { DEPLOY_ID, DEPLOYED, orgDouble, type OrgDouble } from '../support/deploying-org.ts';
import {
  admin,
  authorizedToken,
  createScene,
  ORGANIZATION,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

interface Deployment {
  readonly status: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly salesforceId: string | null;
  readonly failures: readonly DeployFailure[];
}

const logger = pino({ level: 'silent' });
const PACKAGE = [
  { Name: 'DI_TransferTrigger', NamespacePrefix: null },
  { Name: 'DI_OutboxDrain', NamespacePrefix: null },
];

describe('a deployment', () => {
  let server: TestServer;
  let scene: Scene;
  let org: OrgDouble;
  let transfer: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await server.database.knex('di.deployment').delete();
    await server.database.knex('di.org_trigger').delete();
    scene = await createScene(server);
    await authorizedToken(server, scene);
    const answer = await admin(server, 'post', '/v1/admin/transfers')
      .send({
        connection: scene.connectionId,
        table: 'Contact',
        object: 'Region__c',
        mapping: [{ salesforceField: 'Name', column: 'email' }],
      })
      .expect(201);
    transfer = (answer.body as { id: string }).id;
    org = orgDouble(ORGANIZATION, 'Region__c');
    org.rows.set('ApexClass', PACKAGE);
  });

  async function ask(): Promise<string> {
    const answer = await admin(server, 'post', `/v1/admin/transfers/${transfer}/trigger`).expect(202);
    return (answer.body as { deployment: string }).deployment;
  }

  const work = (orgs = org): Promise<boolean> => runDeployment(server.database.knex, orgs, logger);

  async function found(id: string): Promise<Deployment> {
    const answer = await admin(server, 'get', `/v1/admin/deployments/${id}`).expect(200);
    return answer.body as Deployment;
  }

  /** Lets the time of whatever waits come. */
  async function pass(minutes: number): Promise<void> {
    const { knex } = server.database;
    const earlier = (column: string): ReturnType<typeof knex.raw> =>
      knex.raw('?? - make_interval(mins => ?)', [column, minutes]);
    await knex('di.deployment').update({ due_at: earlier('due_at'), leased_until: earlier('leased_until') });
  }

  const fault = (kind: 'retry' | 'give-up' | 'stop' | 'limit'): SalesforceFault =>
    new SalesforceFault(kind, 'CODE', 'What Salesforce said.');

  it('shows Salesforce’s id and how far it is while it goes on', async () => {
    const id = await ask();
    org.onDeploy = async (report) => {
      report({ componentsDeployed: 1 });
      await vi.waitFor(async () => {
        expect(await found(id)).toMatchObject({
          status: 'running',
          salesforceId: DEPLOY_ID,
          progress: { componentsDeployed: 1, componentsTotal: 2 },
        });
      });
      return DEPLOYED;
    };
    await work();
    expect(await found(id)).toMatchObject({ status: 'succeeded', salesforceId: DEPLOY_ID });
  });

  it('is left to another copy at once where the server stops, which waits for its end and does not begin it again', async () => {
    const id = await ask();
    const stopping = new AbortController();
    org.onDeploy = (report) => {
      report({});
      stopping.abort();
      return new Promise(() => undefined);
    };
    expect(await runDeployment(server.database.knex, org, logger, stopping.signal)).toBe(true);
    expect(await found(id)).toMatchObject({ status: 'queued', salesforceId: DEPLOY_ID });
    org.onDeploy = () => Promise.resolve(DEPLOYED);
    await work();
    expect(org.followed).toEqual([DEPLOY_ID]);
    expect(org.deployed).toHaveLength(1);
    expect(await found(id)).toMatchObject({ status: 'succeeded' });
    const row = await server.database
      .knex('di.deployment')
      .where({ id })
      .first<{ attempts: number }>('attempts');
    expect(row).toEqual({ attempts: 1 });
  });

  it('whose copy of the server died is waited for by another, and not begun again', async () => {
    const id = await ask();
    org.onDeploy = (report) => {
      report({});
      return Promise.reject(new Error('killed'));
    };
    await work();
    // What a killed process leaves: a lease that runs out, and Salesforce's id.
    await server.database.knex('di.deployment').update({
      status: 'running',
      leased_until: server.database.knex.raw("now() + interval '1 minute'"),
    });
    expect(await work()).toBe(false);
    await pass(10);
    org.onDeploy = () => Promise.resolve(DEPLOYED);
    await work();
    expect(org.deployed).toHaveLength(1);
    expect(org.followed).toEqual([DEPLOY_ID]);
    expect(await found(id)).toMatchObject({ status: 'succeeded' });
  });

  it('that was taken over is the other copy’s: the first one writes nothing more', async () => {
    const id = await ask();
    org.onDeploy = async (report) => {
      report({});
      await vi.waitFor(async () => {
        expect((await found(id)).salesforceId).toBe(DEPLOY_ID);
      });
      await pass(10);
      const other = orgDouble(ORGANIZATION, 'Region__c');
      other.rows.set('ApexClass', PACKAGE);
      await work(other);
      return {
        ...DEPLOYED,
        isSuccess: false,
        failures: [{ kind: 'deployment', component: 'x', message: 'y' }],
      };
    };
    await work();
    expect(await found(id)).toMatchObject({ status: 'succeeded', failures: [] });
  });

  it('is not begun beside another one in the same org', async () => {
    await ask();
    const other = await createScene(server);
    await authorizedToken(server, other);
    await admin(server, 'post', `/v1/admin/connections/${other.connectionId}/fields`)
      .send({ object: 'Contact', recordId: true })
      .expect(202);
    let second: boolean | null = null;
    org.onDeploy = async () => {
      second = await work();
      return DEPLOYED;
    };
    await work();
    expect(second).toBe(false);
  });

  it('that meets a passing fault is tried again, and given up after a while', async () => {
    const id = await ask();
    org.onDeploy = () => Promise.reject(fault('retry'));
    await work();
    expect(await found(id)).toMatchObject({
      status: 'queued',
      code: 'CODE',
      message: 'What Salesforce said.',
    });
    expect(await work()).toBe(false);
    for (let tries = 0; tries < 10; tries += 1) {
      await pass(60);
      await work();
    }
    expect(await found(id)).toMatchObject({ status: 'failed', code: 'CODE' });
  });

  it('waits a quarter of an hour where the org’s API calls are used up', async () => {
    const id = await ask();
    org.onDeploy = () => Promise.reject(fault('limit'));
    await work();
    await pass(14);
    expect(await work()).toBe(false);
    org.onDeploy = () => Promise.resolve(DEPLOYED);
    await pass(2);
    await work();
    expect(await found(id)).toMatchObject({ status: 'succeeded' });
  });

  it.each(['stop', 'give-up'] as const)(
    'that meets a fault of kind %s fails with what was said',
    async (kind) => {
      const id = await ask();
      org.onDeploy = () => Promise.reject(fault(kind));
      await work();
      expect(await found(id)).toMatchObject({
        status: 'failed',
        code: 'CODE',
        message: 'What Salesforce said.',
      });
    },
  );

  it.each([
    ['component', 'refused'],
    ['test', 'test-failed'],
    ['coverage', 'coverage-too-low'],
    ['deployment', 'refused'],
  ] as const)('that is refused for a %s says so in plain words', async (kind, code) => {
    const id = await ask();
    const failures = [{ kind, component: 'DI_RegionTransferTrigger', message: 'what is wrong' }];
    org.onDeploy = () => Promise.resolve({ id: DEPLOY_ID, isSuccess: false, failures });
    await work();
    const failed = await found(id);
    expect(failed).toMatchObject({ status: 'failed', code, failures });
    expect(failed.message).toMatch(/^Nothing was changed\. .*DI_RegionTransferTrigger: what is wrong$/);
  });

  it('of a trigger calls the class by the namespace that the package was installed with', async () => {
    org.rows.set('ApexClass', [
      { Name: 'DI_TransferTrigger', NamespacePrefix: null },
      { Name: 'DI_TransferTrigger', NamespacePrefix: 'diconnect' },
      { Name: 'DI_OutboxDrain', NamespacePrefix: 'diconnect' },
    ]);
    await ask();
    await work();
    const [deployed] = org.deployed;
    const files = unzipSync(deployed?.zip ?? new Uint8Array());
    expect(Object.keys(files).sort()).toEqual([
      'classes/DI_RegionTransferTriggerTest.cls',
      'classes/DI_RegionTransferTriggerTest.cls-meta.xml',
      'package.xml',
      'triggers/DI_RegionTransferTrigger.trigger',
      'triggers/DI_RegionTransferTrigger.trigger-meta.xml',
    ]);
    expect(deployed?.tests).toEqual(['DI_RegionTransferTriggerTest']);
    expect(strFromU8(files['triggers/DI_RegionTransferTrigger.trigger'] ?? new Uint8Array())).toContain(
      'diconnect.DI_TransferTrigger.run();',
    );
  });

  it('of a trigger is not begun where the package is not installed', async () => {
    org.rows.set('ApexClass', [{ Name: 'DI_TransferTrigger', NamespacePrefix: null }]);
    const id = await ask();
    await work();
    expect(await found(id)).toMatchObject({ status: 'failed', code: 'package-missing' });
    expect(org.deployed).toEqual([]);
  });

  it('of a connection that was never authorized fails, and says what to do', async () => {
    const id = await ask();
    await runDeployment(server.database.knex, server.services.orgs, logger);
    expect(await found(id)).toMatchObject({
      status: 'failed',
      code: 'not-authorized',
      message: expect.stringContaining('Authorize') as string,
    });
  });

  it('is listed with its connection, newest first', async () => {
    const id = await ask();
    await work();
    const listed = await admin(
      server,
      'get',
      `/v1/admin/connections/${scene.connectionId}/deployments`,
    ).expect(200);
    expect(listed.body).toMatchObject({ deployments: [{ id, kind: 'trigger', object: 'Region__c' }] });
  });
});
