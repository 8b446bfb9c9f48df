import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../server/src/metrics/metrics.ts';

describe('the metrics', () => {
  it('say what is known while the database is away', async () => {
    const metrics = new Metrics(new pg.Pool());
    metrics.watchFailures(() => Promise.reject(new Error('The database is away.')));
    metrics.watchQueues(() => Promise.resolve(new Map([['housekeeping', 2]])));
    const text = await metrics.registry.metrics();
    expect(text).toContain('di_database_connections');
    expect(text).toContain('di_queue_jobs{queue="housekeeping"} 2');
    expect(text).not.toContain('di_failures{');
  });
});
