import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMPILED_FLAGS, compiledProgram } from '../../../../scripts/programs/compiled-program.ts';
import type { OrgRecord, WriteOperation, WriteOptions } from '../../../../server/src/salesforce/org.ts';
import { activeIntegration, outboxOf } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgCall } from '../../support/delivery-worker.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';

const WORKER = await compiledProgram(path.join(import.meta.dirname, '../../support/delivery-worker.ts'));
const PEOPLE = 900;
const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
];

/** A worker that is killed after the org has saved what it sent, and before it has heard of it. */
describe('a worker killed between sending and recording', () => {
  let postgres: Postgres;
  let stage: DeliveryStage;
  let child: ChildProcess | null = null;
  beforeAll(async () => {
    postgres = await startPostgres();
    stage = await startDeliveryStage(postgres.url);
  });
  afterEach(kill);
  afterAll(async () => {
    await stage.server.close();
    await postgres.stop();
  });

  async function kill(): Promise<void> {
    const dying = child;
    child = null;
    if (dying?.exitCode !== null) return;
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await ended;
    // Nobody waits a minute for the lease of the dead to end.
    await stage.server.database.pool.query('UPDATE di.delivery_channel SET leased_until = now()');
  }

  /** Answers for the org, and kills instead of answering where that is wanted. */
  function start(org: OrgDouble, isFatal: (call: OrgCall) => boolean): void {
    const worker = fork(WORKER, [], {
      execArgv: COMPILED_FLAGS,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, DATABASE_URL: postgres.url },
    });
    child = worker;
    worker.on('message', (call: OrgCall) => {
      void answer(org, call).then(async (result) => {
        if (!isFatal(call)) worker.send({ number: call.number, result });
        else if (child === worker) {
          await kill();
          start(org, isFatal);
        }
      });
    });
  }

  async function answer(org: OrgDouble, { method, values }: OrgCall): Promise<unknown> {
    if (method === 'query') {
      const records: OrgRecord[] = [];
      for await (const page of org.query(String(values[0]))) records.push(...page);
      return records;
    }
    if (method === 'describe') return org.describe(String(values[0]));
    return org[method](...(values as [WriteOperation, string, OrgRecord[], WriteOptions]));
  }

  async function emptied(integrationId: string): Promise<void> {
    while ((await outboxOf(stage.server, integrationId)).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it.each([
    ['by an external id', { by: 'external-id', field: 'DI_Id__c' }],
    ['by looking for it first', { by: 'lookup', field: 'Email', column: 'email' }],
  ])(
    'loses nothing and makes nothing twice, where a record is known %s',
    async (_how, matching) => {
      const { scene, ground, org } = await setStage(stage);
      const integration = await activeIntegration(stage.server, scene, 'Contact', {
        operations: ['created', 'updated', 'deleted'],
        mapping: MAPPING,
        matching,
      });
      await stage.sql(
        ground,
        `INSERT INTO CONTACT (email, last_name) SELECT 'p' || n || '@example.com', 'first' FROM generate_series(1, ${PEOPLE}) n`,
      );
      let writes = 0;
      let kills = 0;
      // Every second write that the org has saved is the last thing that a worker does.
      start(org, ({ method }) => {
        if (method !== 'write' && method !== 'writeBulk') return false;
        writes += 1;
        const isFatal = writes % 2 === 1 && kills < 5;
        if (isFatal) kills += 1;
        return isFatal;
      });
      // What changes and goes meanwhile ends as it stands in the project, too.
      await stage.sql(ground, "UPDATE CONTACT SET last_name = 'second' WHERE email LIKE '%7@example.com'");
      await stage.sql(ground, "DELETE FROM CONTACT WHERE email LIKE '%9@example.com'");
      await emptied(integration);
      expect(kills).toBe(5);
      const rows = await stage.sql<{ email: string; last_name: string }>(
        ground,
        'SELECT email, last_name FROM CONTACT ORDER BY email COLLATE "C"',
      );
      const records = org
        .records('Contact')
        .map(({ Email, LastName }) => ({ email: String(Email), last_name: String(LastName) }))
        .sort((one, other) => (one.email < other.email ? -1 : 1));
      expect(rows).toHaveLength(PEOPLE - PEOPLE / 10);
      expect(records).toEqual(rows);
    },
    180_000,
  );
});
