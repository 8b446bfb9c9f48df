import { Registry } from 'prom-client';
import { DeliveryMetrics } from '../../../server/src/outbound/deliveries/delivery-metrics.ts';
import type { DrainServices } from '../../../server/src/outbound/drain/drain-services.ts';
import type { IncidentKey } from '../../../server/src/outbound/deliveries/incident-listener.ts';
import { openRuns } from '../../../server/src/outbound/integrations/advance-schedules.ts';
import { keepObject } from '../../../server/src/salesforce/org-objects.ts';
import { Targets } from '../../../server/src/inbound/batches/targets.ts';
import { deliverOnce } from '../../../server/src/outbound/drain/worker.ts';
import { groundOf, type Ground } from './delivery-scene.ts';
import { OrgDoubles, type OrgDouble } from './org-double.ts';
import { createScene, startTestServer, type Scene, type TestServer } from './test-server.ts';

/** A server whose orgs are doubles, and what is told of its deliveries. */
export class DeliveryStage {
  readonly server: TestServer;
  readonly orgs = new OrgDoubles();
  readonly incidents: (IncidentKey & { readonly isOpen: boolean; readonly message?: string })[] = [];
  /** Transfers, as what comes back by them is taken. */
  readonly targets: Targets;
  readonly #services: DrainServices;

  constructor(server: TestServer) {
    this.server = server;
    this.targets = new Targets(server.database.knex, server.services.consentKeys);
    this.#services = {
      database: server.database,
      orgs: this.orgs,
      targets: this.targets,
      metrics: new DeliveryMetrics(new Registry(), server.database.pool),
      incidents: {
        open: (_knex, report) => Promise.resolve(void this.incidents.push({ ...report, isOpen: true })),
        close: (_knex, key) => Promise.resolve(void this.incidents.push({ ...key, isOpen: false })),
      },
    };
  }

  /** Sends until nothing is due; answers how many drains it took. */
  async deliver(): Promise<number> {
    let drains = 0;
    const never = new AbortController();
    await openRuns(this.server.database.knex);
    while (await deliverOnce(this.#services, never.signal)) drains += 1;
    return drains;
  }

  /** What waits for a later moment may be sent now. */
  async letTimePass(): Promise<void> {
    const { pool } = this.server.database;
    await pool.query("UPDATE di.delivery SET due_at = now() WHERE state = 'pending'");
    await pool.query('UPDATE di.delivery_channel SET resume_at = NULL');
    await pool.query('UPDATE di.integration SET waits_until = NULL');
  }

  sql<T extends object>(ground: Ground, text: string, values: readonly unknown[] = []): Promise<T[]> {
    return this.server.database.pool
      .query<T>(text.replaceAll('CONTACT', ground.table), [...values])
      .then((answer) => answer.rows);
  }
}

export async function startDeliveryStage(databaseUrl: string | null = null): Promise<DeliveryStage> {
  return new DeliveryStage(await startTestServer(databaseUrl));
}

/** A project with its contacts, and the org of its connection, whose objects are known. */
export async function setStage(
  stage: DeliveryStage,
): Promise<{ scene: Scene; ground: Ground; org: OrgDouble }> {
  const scene = await createScene(stage.server);
  const ground = await groundOf(stage.server, scene);
  const org = stage.orgs.of(scene.connectionId);
  for (const object of ['Contact', 'Lead'])
    await keepObject(stage.server.database.knex, scene.connectionId, await org.describe(object));
  return { scene, ground, org };
}
