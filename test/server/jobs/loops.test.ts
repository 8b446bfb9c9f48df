import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import { openIncident, type IncidentKind } from '../../../server/src/connections/incidents.ts';
import { DEPLOYMENTS } from '../../../server/src/deployments/deployment-loop.ts';
import { IMPORTS } from '../../../server/src/inbound/files/claimed-import.ts';
import { PULL_RUNS } from '../../../server/src/inbound/pulls/pull-runs.ts';
import type { LeasedWork } from '../../../server/src/jobs/lease.ts';
import type { Loop } from '../../../server/src/jobs/loop.ts';
import { SCHEDULED_JOBS, scheduleLoop } from '../../../server/src/jobs/scheduled-jobs.ts';
import { ALERTS } from '../../../server/src/operations/alert-loop.ts';
import { Teller } from '../../../server/src/operations/teller.ts';
import { COMPARISON_RUNS } from '../../../server/src/outbound/comparisons/comparison-runs.ts';
import { QUEUES } from '../../../server/src/outbound/engine/write-queue.ts';
import { CHANNELS } from '../../../server/src/outbound/drain/channel.ts';
import { WriteWork } from '../../../server/src/outbound/write-work.ts';
import { Metrics } from '../../../server/src/process/metrics.ts';
import type { SalesforceOrgs } from '../../../server/src/salesforce/org.ts';
import { loopsOf } from '../../../server/src/work.ts';
import { groundOf } from '../support/delivery-scene.ts';
import { orgDouble } from '../support/deploying-org.ts';
import { Gate } from '../support/gate.ts';
import { producersOf } from '../support/producers.ts';
import { authorizeByPassword, startStage, type SalesforceStage } from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';

const logger = pino({ level: 'silent' });

/** Loops that take no piece of work: doing it twice at once does it once. */
const TAKES_NOTHING = ['delivery-runs', 'incidents', 'readers'];

/** A piece of work of a loop. */
interface Piece {
  readonly loop: string;
  readonly work: LeasedWork;
  /** Has there be one, and nothing else, while the test goes on; answers what there is to see of the work. */
  during(test: (outcome: () => Promise<unknown>) => Promise<void>): Promise<void>;
  readonly before: unknown;
  readonly after: unknown;
}

/** Two copies of the server's loops, over one database: the real ones, that wait where they would call somebody. */
describe('work of every loop', () => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  beforeAll(async () => {
    stage = await startStage({}, ['test/server/support/event-org']);
    salesforce = await stage.org.connect();
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
  }, 120_000);
  afterAll(() => stage.close());

  /** The loops of a copy of the server, which wait at a gate. */
  function copy(gate: Gate): readonly Loop[] {
    const { services, database, config } = stage.server;
    const deploying = orgDouble('00D000000000001EAA', 'Contact');
    const classes = ['DI_TransferTrigger', 'DI_OutboxDrain'];
    deploying.rows.set(
      'ApexClass',
      classes.map((Name) => ({ Name, NamespacePrefix: null })),
    );
    const orgs: SalesforceOrgs = {
      open: async (connectionId, producer, share) => {
        await gate.pass();
        return (producer === 'deployments' ? deploying : services.orgs).open(connectionId, producer, share);
      },
    };
    const box = new SecretBox(config.encryptionKeys);
    const teller = new WaitingTeller(gate, database.knex, box, services.mailer, config);
    const metrics = new Metrics(database.pool);
    const writeWork = new WriteWork(database.knex, orgs);
    const run = (): Promise<Record<string, number>> => gate.pass().then(() => ({}));
    const jobs = ['housekeeping', 'search-indexes'].map((name) => ({ name, schedule: '17 * * * *', run }));
    return [
      ...jobs.map((job) => scheduleLoop(database.knex, job, logger)),
      ...loopsOf({ ...services, orgs, teller, metrics, writeWork }, logger).slice(jobs.length),
    ];
  }

  async function turn(loop: string, gate: Gate): Promise<boolean> {
    const found = copy(gate).find(({ name }) => name === loop);
    if (!found) throw new Error(`There is no loop ${loop}.`);
    return found.turn();
  }

  /** Begins a turn, which ends when its gate is opened. */
  async function begin(loop: string): Promise<{ readonly gate: Gate; readonly ended: Promise<unknown> }> {
    const gate = new Gate();
    const ended = turn(loop, gate);
    const early = ended.then(() => Promise.reject(new Error(`The loop ${loop} found nothing to do.`)));
    await Promise.race([gate.reached, early]);
    early.catch(() => undefined);
    return { gate, ended };
  }

  const opened = (): Gate => {
    const gate = new Gate();
    gate.open();
    return gate;
  };

  const sql = async (text: string, values: readonly unknown[] = []): Promise<unknown[]> =>
    (await stage.server.database.pool.query<{ shown: unknown }>(text, [...values])).rows.map(
      ({ shown }) => shown,
    );
  const accountOf = async (): Promise<string> => (await groundOf(stage.server, scene)).accountId;
  const stopped = async (kind: IncidentKind): Promise<void> =>
    openIncident(stage.server.database.knex, {
      ...{ accountId: await accountOf(), connectionId: scene.connectionId, kind },
      message: 'Something stopped.',
    });
  /** A job of the schedule whose moment has come. */
  const duringJob = async (
    name: string,
    test: (outcome: () => Promise<unknown>) => Promise<void>,
  ): Promise<void> => {
    await turn(name, opened());
    await sql("UPDATE di.scheduled_job SET next_run_at = 'epoch' WHERE name = $1", [name]);
    await test(() =>
      sql('SELECT next_run_at > now() AS shown FROM di.scheduled_job WHERE name = $1', [name]),
    );
  };
  const runOut = ({ table }: LeasedWork): Promise<unknown> =>
    sql(`UPDATE ${table} SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL`);
  const heldRows = ({ table }: LeasedWork): Promise<unknown> =>
    sql(`SELECT to_jsonb(w.*) - 'leased_until' AS shown FROM ${table} w WHERE lease IS NOT NULL`);

  let people = 0;
  /** A contact that a producer is to give another last name. */
  async function written(
    producer: string,
    test: (outcome: () => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const producers = await producersOf(stage, scene);
    people += 1;
    const email = `loop${people}@example.com`;
    const id = await salesforce.create('Contact', { LastName: 'Before', Email: email });
    const outcome = async (): Promise<unknown> =>
      (await salesforce.connection.sobject('Contact').retrieve(id)).LastName;
    const found = producers.find(({ name }) => name === producer);
    if (!found) throw new Error(`There is no producer ${producer}.`);
    await found.write([{ id, email, lastName: 'After' }], () => test(outcome));
  }
  const byProducer = (loop: string, work: LeasedWork, producer: string): Piece => ({
    loop,
    work,
    during: (test) => written(producer, test),
    before: 'Before',
    after: 'After',
  });

  const pieces: readonly Piece[] = [
    byProducer('deliveries', CHANNELS, 'a delivery'),
    byProducer('events and actions', QUEUES, 'an action'),
    byProducer('events and actions', QUEUES, 'an event'),
    byProducer('imports', IMPORTS, 'an import'),
    {
      loop: 'pulls',
      work: PULL_RUNS,
      during: async (test) => {
        await sql('DELETE FROM di.pull');
        const { connectionId, transferId } = await createScene(stage.server);
        await authorizeByPassword(stage.server, connectionId, stage.org.url);
        const mapping = [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ];
        await admin(stage.server, 'put', `/v1/admin/transfers/${transferId}/mapping`)
          .send({ mapping })
          .expect(200);
        const soql = `SELECT Email, LastName FROM Contact WHERE LastName = 'After'`;
        const created = await admin(stage.server, 'post', '/v1/admin/pulls').send({
          transfer: transferId,
          selection: { type: 'query', soql },
        });
        expect(created.status, created.text).toBe(201);
        await test(() => sql('SELECT state AS shown FROM di.pull_run'));
      },
      before: ['running'],
      after: ['done'],
    },
    {
      loop: 'comparisons',
      work: COMPARISON_RUNS,
      during: async (test) => {
        await sql('DELETE FROM di.comparison');
        await admin(stage.server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
          .send({ mapping: [{ salesforceField: 'Email', column: 'email' }] })
          .expect(200);
        await admin(stage.server, 'post', '/v1/admin/comparisons')
          .send({ transfer: scene.transferId })
          .expect(202);
        await test(() => sql('SELECT state AS shown FROM di.comparison_run'));
      },
      before: ['running'],
      after: ['done'],
    },
    {
      loop: 'deployments',
      work: DEPLOYMENTS,
      during: async (test) => {
        await sql('DELETE FROM di.deployment');
        await sql(
          `INSERT INTO di.deployment (account_id, connection_id, kind, object, request, requested_by)
           VALUES ($1, $2, 'trigger', 'Contact', '{}', 'a test')`,
          [await accountOf(), scene.connectionId],
        );
        await test(() => sql('SELECT status AS shown FROM di.deployment'));
      },
      before: ['running'],
      after: ['succeeded'],
    },
    {
      loop: 'alerts',
      work: ALERTS,
      during: async (test) => {
        const accountId = await accountOf();
        await sql('DELETE FROM di.incident');
        await sql(
          `INSERT INTO di.alert_channel (account_id, kind, address, language) VALUES ($1, 'email', 'ops@example.com', 'en')
           ON CONFLICT DO NOTHING`,
          [accountId],
        );
        await stopped('authorization-lost');
        await test(() => sql('SELECT sent_at IS NOT NULL AS shown FROM di.alert'));
      },
      before: [false],
      after: [true],
    },
    {
      loop: 'housekeeping',
      work: SCHEDULED_JOBS,
      during: (test) => duringJob('housekeeping', test),
      before: [false],
      after: [true],
    },
    {
      loop: 'search-indexes',
      work: SCHEDULED_JOBS,
      during: (test) => duringJob('search-indexes', test),
      before: [false],
      after: [true],
    },
    {
      loop: 'asking-again',
      work: SCHEDULED_JOBS,
      during: async (test) => {
        await stopped('api-unavailable');
        await duringJob('asking-again', test);
      },
      before: [false],
      after: [true],
    },
  ];

  it('is here: of each loop that takes pieces of work', () => {
    const loops = new Set(copy(opened()).map(({ name }) => name));
    for (const name of TAKES_NOTHING) loops.delete(name);
    expect([...loops].sort()).toEqual([...new Set(pieces.map(({ loop }) => loop))].sort());
  });

  it.each(pieces)('is done by another copy when that of $loop died ($work.table)', async (piece) => {
    const { loop, work } = piece;
    await piece.during(async (outcome) => {
      const dead = await begin(loop);
      expect(await turn(loop, opened())).toBe(false);
      await runOut(work);
      expect(await turn(loop, opened())).toBe(true);
      expect(await outcome()).toEqual(piece.after);
      expect(await heldRows(work)).toEqual([]);
      // It was not dead, but slow: what it does now changes nothing.
      dead.gate.open();
      await dead.ended;
      expect(await outcome()).toEqual(piece.after);
      expect(await turn(loop, opened())).toBe(false);
    });
  });

  it.each(pieces)('is not touched by a copy of $loop that has lost it ($work.table)', async (piece) => {
    const { loop, work } = piece;
    await piece.during(async (outcome) => {
      const slow = await begin(loop);
      await runOut(work);
      const next = await begin(loop);
      const held = await heldRows(work);
      slow.gate.open();
      await slow.ended;
      expect(await heldRows(work)).toEqual(held);
      expect(await outcome()).toEqual(piece.before);
      next.gate.open();
      await next.ended;
      expect(await outcome()).toEqual(piece.after);
      expect(await heldRows(work)).toEqual([]);
    });
  });
});

/** Tells nobody, when it may. */
class WaitingTeller extends Teller {
  readonly #gate: Gate;

  constructor(gate: Gate, ...rest: ConstructorParameters<typeof Teller>) {
    super(...rest);
    this.#gate = gate;
  }

  override tell(): Promise<string> {
    return this.#gate.pass().then(() => 'told');
  }
}
