import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Salesforce } from '../../scripts/demo/salesforce.ts';

/** What still waits, by what waits there. */
export type Waiting = Readonly<Record<string, number>>;

const WAITING = `
  SELECT (SELECT count(*) FROM di.delivery WHERE state = 'pending')::int AS deliveries,
    (SELECT count(*) FROM di.delivery WHERE state = 'dead')::int AS dead,
    (SELECT count(*) FROM di.write_item WHERE status = 'waiting')::int AS events,
    (SELECT count(*) FROM di.import WHERE status IN ('checking', 'running'))::int AS imports,
    (SELECT count(*) FROM di.deployment WHERE finished_at IS NULL)::int AS deployments`;

/**
 * Waits until every queue of both sides is empty, or for so long. The plugin is asked to send now what it would send within
 * the next minutes by itself.
 *
 * @returns what still waits
 */
export async function calm(
  databaseUrl: string,
  salesforce: Salesforce,
  destinationProjectId: string,
  seconds: number,
): Promise<Waiting> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'calm' });
  await client.connect();
  try {
    const deadline = Date.now() + seconds * 1000;
    for (let round = 0; ; round++) {
      const { rows } = await client.query<Record<string, number>>(WAITING);
      const outbox = await salesforce.connection.query('SELECT Id FROM DI_Outbox__c LIMIT 2000');
      const { jobsWaiting, eventsWaiting } = await salesforce.status();
      const waiting = { ...rows[0], outbox: outbox.totalSize, jobsWaiting: eventsWaiting + jobsWaiting };
      const left = Object.entries(waiting).filter(([name, count]) => count > 0 && name !== 'jobsWaiting');
      if (left.length === 0 || Date.now() > deadline) return Object.fromEntries(left);
      if (outbox.totalSize > 0 && round % 10 === 0)
        await salesforce.callApex('DI_MonitorController', 'retryAll', { projectId: destinationProjectId });
      await pause(1000);
    }
  } finally {
    await client.end();
  }
}
