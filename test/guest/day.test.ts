import { describe, expect, it } from 'vitest';
import { simulateDay } from './day.ts';

/** What a day of the package costs an org, in a shorter day; `npm run day` is the whole one. */
describe('the share of the org that the package takes', { timeout: 120_000 }, () => {
  const busy = { hours: 0.5, secondsBetweenChanges: 1, projects: 3 };

  it('drains once a minute while changes come, however many they are', () => {
    const day = simulateDay(busy);
    // Two executions in about 65 seconds, and the sweeps.
    expect(day.executions).toBeLessThan(70);
    expect(day.latency.p50).toBeLessThan(90);
    expect(day.recycled).toBe(0);
  });

  it('sends the first change after quiet at once', () => {
    const day = simulateDay({ ...busy, secondsBetweenChanges: 300 });
    expect(day.latency.p50).toBeLessThan(5);
  });

  it('keeps to one drain a minute and to no event once the org has used the share', () => {
    const day = simulateDay({
      ...busy,
      usedElsewhere: { DailyAsyncApexExecutions: 75_000, HourlyPublishedPlatformEvents: 75_000 },
    });
    // The sweep wakes the first drain, and drains go on from there.
    expect(day.events).toBeLessThanOrEqual(3);
    expect(day.executions).toBeLessThan(40);
    expect(day.waiting).toBeLessThan(3 * 120);
  });

  it('starts no loop of events where the executions of the day are used up', () => {
    const day = simulateDay({ ...busy, usedElsewhere: { DailyAsyncApexExecutions: 250_000 } });
    expect(day.callouts).toBe(0);
    expect(day.events).toBeLessThanOrEqual(day.changes + 3);
    expect(day.waiting).toBe(day.changes * 3);
  });

  it('goes on where a chain of jobs may be five deep only', () => {
    const day = simulateDay({ ...busy, queueableDepth: 5 });
    expect(day.latency.most).toBeLessThan(120);
    expect(day.events).toBeLessThan(day.changes + 40);
  });

  it('asks a server that is away once a minute', () => {
    const day = simulateDay({ ...busy, batchStatus: 503 });
    expect(day.callouts).toBeLessThan(3 * 2 * 30);
    expect(day.waiting).toBe(day.changes * 3);
  });
});
