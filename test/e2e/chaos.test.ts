import { describe, expect, it } from 'vitest';
import { runChaos } from '../chaos/chaos.ts';
import { COPY_RESTARTED } from '../chaos/storm/copy-faults.ts';
import { SESSIONS_ENDED, SHORT_RESTARTS } from '../chaos/storm/database-faults.ts';

describe('the server under load from all sides', () => {
  it('outlives PostgreSQL, answers every request, a restart of a copy included, and loses and doubles nothing', async () => {
    // What a killed copy was at is taken over minutes later: `npm run chaos` waits for it.
    const kinds = [COPY_RESTARTED, SESSIONS_ENDED, ...SHORT_RESTARTS];
    const report = await runChaos({
      ...{ seconds: 24, interval: 3, copies: 2, kinds, seed: 1 },
      log: () => undefined,
    });
    expect(report.violations).toEqual([]);
    for (const { name } of kinds) expect(report.weather.faults[name], name).toBeGreaterThan(0);
    expect(report.weather.counts.sessions).toBeGreaterThan(0);
    // Everybody was at work, and met the weather.
    expect(Object.values(report.acts)).toHaveLength(8);
    expect(report.statuses['503 database-busy']).toBeGreaterThan(0);
  }, 600_000);
});
