import { activeIntegration, groundOf } from '../server/support/delivery-scene.ts';
import { DeliveryStage } from '../server/support/delivery-stage.ts';
import { createScene, startTestServer } from '../server/support/test-server.ts';
import { keepObject } from '../../server/src/salesforce/org-objects.ts';
import type { OrgRecord, SaveResult } from '../../server/src/salesforce/org.ts';
import { processorTime } from './processor-time.ts';
import { rounded, type Table } from './report.ts';

const PARTS = 5;
const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
];

/** An org that saves everything and remembers nothing: what grows is ours. */
const save = (records: readonly OrgRecord[]): Promise<readonly SaveResult[]> =>
  Promise.resolve(
    records.map((record, index) => ({
      id: `003${String(index).padStart(12, '0')}AAA`,
      isSaved: true,
      isCreated: record.Id === undefined,
      errors: [],
    })),
  );

/** Time and memory of a drain as it goes on, by collections and by jobs. */
export async function deliveries(databaseUrl: string, pending: number): Promise<Table> {
  const stage = new DeliveryStage(await startTestServer(databaseUrl));
  const rows: Record<string, string | number>[] = [];
  try {
    for (const way of ['collections', 'jobs'] as const) {
      const scene = await createScene(stage.server);
      const ground = await groundOf(stage.server, scene);
      const org = stage.orgs.of(scene.connectionId);
      await keepObject(stage.server.database.knex, scene.connectionId, await org.describe('Contact'));
      await activeIntegration(stage.server, scene, 'Contact', {
        operations: ['created', 'updated'],
        mapping: MAPPING,
        matching: { by: 'external-id', field: 'DI_Id__c' },
        settings: { bulkThreshold: way === 'jobs' ? 2000 : 1_000_000 },
      });
      const noted = performance.now();
      await stage.sql(
        ground,
        `INSERT INTO CONTACT (email, last_name, age) SELECT 'p' || n || '@example.com', 'P' || n, n % 90 FROM generate_series(1, ${pending}) n`,
      );
      const noting = performance.now() - noted;
      let sent = 0;
      const started = performance.now();
      const mark = (records: readonly OrgRecord[]): Promise<readonly SaveResult[]> => {
        const before = Math.floor((sent * PARTS) / pending);
        sent += records.length;
        if (Math.floor((sent * PARTS) / pending) > before)
          rows.push({
            way,
            sent,
            'noted/s': rounded(pending / (noting / 1000)),
            'sent/s': rounded(sent / ((performance.now() - started) / 1000)),
            'resident, MB': rounded(process.memoryUsage().rss / 1e6),
            'heap, MB': rounded(process.memoryUsage().heapUsed / 1e6),
            'own processor s/10,000': '',
            'database’s': '',
          });
        return save(records);
      };
      org.write = (_operation, _object, records) => mark(records);
      org.writeBulk = (_operation, _object, records) => mark(records);
      const before = await processorTime(stage.server.database.pool);
      await stage.deliver();
      const after = await processorTime(stage.server.database.pool);
      const each = (seconds: number): string => ((seconds * 10_000) / pending).toFixed(2);
      Object.assign(rows.at(-1) ?? {}, {
        'own processor s/10,000': each(after.own - before.own),
        'database’s': each(after.database - before.database),
      });
      if (sent !== pending) throw new Error(`${sent} of ${pending} were sent.`);
    }
  } finally {
    await stage.server.close();
  }
  return rows;
}
