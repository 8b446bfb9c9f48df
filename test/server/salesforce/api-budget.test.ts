import { describe, expect, it } from 'vitest';
import { ApiBudget } from '../../../server/src/salesforce/api-budget.ts';
import { PRODUCERS } from '../../../server/src/salesforce/org.ts';

describe('the budget of a connection’s API calls', () => {
  /** Who may call at a share of 80 %, when the org has counted so many of 1,000. */
  const allowed = (used: number): string[] => {
    const budget = new ApiBudget(() => 0);
    budget.learn({ used, limit: 1000 });
    return PRODUCERS.filter((producer) => budget.refusal(producer, 0.8) === null);
  };

  it('stops events, pulls and comparisons a tenth before its share, rows at it, tests half-way to the end, and consent never', () => {
    expect(allowed(719)).toEqual([...PRODUCERS]);
    const later = ['consent', 'deliveries', 'actions', 'imports', 'deployments', 'checks'];
    expect(allowed(720)).toEqual(later);
    expect(allowed(799)).toEqual(later);
    expect(allowed(800)).toEqual(['consent', 'checks']);
    expect(allowed(900)).toEqual(['consent']);
    expect(allowed(1000)).toEqual(['consent']);
  });

  it('says how much is used, who stops at how much, and that it goes on by itself', () => {
    const budget = new ApiBudget(() => 0);
    budget.learn({ used: 850, limit: 1000 });
    expect(budget.refusal('events', 0.8)).toMatchObject({
      kind: 'limit',
      code: 'api-budget-used',
      message: expect.stringMatching(
        /850 of its 1000 .* events stop at 72 %, and go on by themselves/,
      ) as string,
    });
  });

  it('lets one call through every five minutes, which brings the news', () => {
    let now = 0;
    const budget = new ApiBudget(() => now);
    budget.learn({ used: 900, limit: 1000 });
    const isLetThrough = (): boolean => budget.refusal('pulls', 0.8) === null;
    expect(isLetThrough()).toBe(false);
    now = 299_999;
    expect(isLetThrough()).toBe(false);
    now = 300_000;
    expect([isLetThrough(), isLetThrough()]).toEqual([true, false]);
    budget.learn({ used: 100, limit: 1000 });
    expect([isLetThrough(), isLetThrough()]).toEqual([true, true]);
  });

  it('believes the newest count, whoever brings it', () => {
    let now = 500;
    const budget = new ApiBudget(() => now);
    budget.learn({ used: 900, limit: 1000 });
    budget.learnFrom({ used: 100, limit: 1000 }, 400);
    expect(budget.usage).toEqual({ used: 900, limit: 1000 });
    // The other copy's clock is ahead: an answer that comes afterwards is later news all the same.
    budget.learnFrom({ used: 950, limit: 1000 }, 9000);
    expect(budget.usage).toEqual({ used: 950, limit: 1000 });
    now = 600;
    budget.learn({ used: 200, limit: 1000 });
    expect(budget.usage).toEqual({ used: 200, limit: 1000 });
  });

  it('lets everybody call whose org has said nothing, or has no limit', () => {
    const budget = new ApiBudget();
    expect(budget.refusal('pulls', 0.01)).toBeNull();
    budget.learn({ used: 5, limit: 0 });
    expect(budget.refusal('pulls', 0.01)).toBeNull();
  });
});
