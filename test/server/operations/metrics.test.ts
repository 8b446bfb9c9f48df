import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DeliveryMetrics } from '../../../server/src/outbound/deliveries/delivery-metrics.ts';
import { Metrics } from '../../../server/src/process/metrics.ts';
import { loopsOf } from '../../../server/src/work.ts';
import { createLog } from '../../../server/src/log.ts';
import { admin, createScene, startTestServer, type TestServer } from '../support/test-server.ts';

const MONITORING = path.join(import.meta.dirname, '../../../docs/monitoring');
const alertsSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

describe('the metrics', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    // What workers count is registered by them.
    loopsOf(server.services, createLog({ level: 'silent' }));
    server.services.metrics.watchQueues(() => Promise.resolve(new Map()));
  });
  afterAll(() => server.close());

  it('say what is known while the database is away', async () => {
    const pool = new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' });
    const metrics = new Metrics(pool);
    metrics.watchFailures(() => Promise.reject(new Error('The database is away.')));
    metrics.watchWork(() => Promise.reject(new Error('The database is away.')));
    metrics.watchQueues(() => Promise.resolve(new Map([['housekeeping', 2]])));
    new DeliveryMetrics(metrics.registry, pool);
    const text = await metrics.registry.metrics();
    expect(text).toContain('di_database_connections');
    expect(text).toContain('di_queue_jobs{queue="housekeeping"} 2');
    expect(text).not.toMatch(/di_failures\{|di_work_waiting\{|di_deliveries_waiting\{/);
    await pool.end();
  });

  it('look at the process once, however many servers it is', () => {
    const names = ['nodejs_eventloop_lag_p99_seconds', 'nodejs_gc_duration_seconds'];
    const looks = (pool: pg.Pool) => names.map((name) => new Metrics(pool).registry.getSingleMetric(name));
    const { pool } = server.database;
    expect(looks(pool)).not.toContain(undefined);
    for (const [place, look] of looks(pool).entries()) expect(look).toBe(looks(pool)[place]);
  });

  it('say what waits, and for how long', async () => {
    const { transferId } = await createScene(server);
    await admin(server, 'post', '/v1/admin/comparisons').send({ transfer: transferId }).expect(202);
    await server.database.knex('di.comparison_run').update({ queued_at: new Date(Date.now() - 5000_000) });
    const text = await server.services.metrics.registry.metrics();
    expect(text).toContain('di_work_waiting{kind="comparison"} 1');
    expect(Number(/di_work_oldest_seconds\{kind="comparison"\} (\S+)/.exec(text)?.[1])).toBeGreaterThan(4900);
    for (const kind of ['delivery', 'event', 'action', 'import', 'pull', 'deployment', 'alert'])
      expect(text).toContain(`di_work_waiting{kind="${kind}"} 0`);
  });

  it('are those that the alerts and the dashboard ask for, and the dashboard shows each', async () => {
    const alerts = alertsSchema.parse(parse(readFileSync(path.join(MONITORING, 'alerts.yaml'), 'utf8')));
    const dashboard = dashboardSchema.parse(
      JSON.parse(readFileSync(path.join(MONITORING, 'dashboard.json'), 'utf8')),
    );
    const rules = alerts.groups.flatMap((group) => group.rules);
    const shown = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const metrics = await server.services.metrics.registry.getMetricsAsJSON();
    const known = new Map(metrics.map(({ name, type }) => [name, String(type)]));
    const namesIn = (expressions: readonly string[]): Set<string> =>
      new Set(
        expressions
          .flatMap((expression) => expression.match(/\b(?:di|nodejs|process)_[a-z0-9_]+/g) ?? [])
          .map((name) => (known.has(name) ? name : name.replace(/_(?:bucket|count|sum)$/, ''))),
      );
    const asked = namesIn([...rules.map(({ expr }) => expr), ...shown]);
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    const onDashboard = namesIn(shown);
    expect([...known.keys()].filter((name) => name.startsWith('di_') && !onDashboard.has(name))).toEqual([]);
  });
});
