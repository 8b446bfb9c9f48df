import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scheduleLoop, waitingJobs } from '../../../../server/src/jobs/scheduled-jobs.ts';
import { EventOrg } from '../../support/event-org.ts';
import { createSource, eventsOf, identify, postEvent, turnOf } from '../../support/event-stage.ts';
import { startCluster, type PostgresCluster } from '../../support/postgres-cluster.ts';
import { createScene, startTestServer, type TestServer } from '../../support/test-server.ts';

/** The database goes away after something was done, and before it was written down. */
describe('work whose database goes away', () => {
  let cluster: PostgresCluster;
  let server: TestServer;
  beforeAll(async () => {
    cluster = await startCluster();
    server = await startTestServer(cluster.url);
  });
  afterAll(async () => {
    await server.close();
    await cluster.stop();
  });

  it('keeps what came of a call of Salesforce until the database is back, and makes it once', async () => {
    const scene = await createScene(server);
    const source = await createSource(server, scene.connectionId);
    const org = new EventOrg(scene.connectionId);
    const turn = turnOf(server, org);
    await postEvent(server, source, 'identify', identify({ email: 'once@example.com' })).expect(200);
    let back: Promise<void> = Promise.resolve();
    org.onWrite = async () => {
      org.onWrite = null;
      await cluster.down('fast');
      back = cluster.up();
    };
    await turn();
    await back;
    expect(org.calls).toHaveLength(1);
    expect(await eventsOf(server, source)).toMatchObject([{ status: 'delivered', attempts: 0 }]);
    expect(await turn()).toBe(false);
    expect(org.calls).toHaveLength(1);
  });

  it('leaves a job that cannot be said to be done to whoever comes next, and nobody’s promise broken', async () => {
    const { knex, pool } = server.database;
    let back: Promise<void> = Promise.resolve();
    const run = async (): Promise<Record<string, number>> => {
      await cluster.down('immediate');
      back = cluster.up();
      return {};
    };
    const loop = scheduleLoop(knex, { name: 'away', schedule: '0 0 1 1 *', run }, pino({ level: 'silent' }));
    expect(await loop.turn()).toBe(false);
    await pool.query("UPDATE di.scheduled_job SET next_run_at = now() WHERE name = 'away'");
    expect(await loop.turn()).toBe(true);
    await back;
    expect(await waitingJobs(knex)).toEqual(new Map([['away', 0]]));
    expect(await loop.turn()).toBe(false);
  });
});
