import { describe, expect, it } from 'vitest';
import { runChaos } from '../chaos/chaos.ts';

describe('the server under load from all sides', () => {
  it('outlives PostgreSQL, answers every request, and loses and doubles nothing', async () => {
    const report = await runChaos({ seconds: 24, interval: 8, log: () => undefined });
    expect(report.violations).toEqual([]);
    expect(report.weather.restarts.fast).toBeGreaterThan(0);
    expect(report.weather.restarts.immediate).toBeGreaterThan(0);
    expect(report.weather.terminated).toBeGreaterThan(0);
    // Everybody was at work, and met the weather.
    expect(Object.values(report.acts)).toHaveLength(8);
    expect(report.statuses['503 database-busy']).toBeGreaterThan(0);
  }, 600_000);
});
