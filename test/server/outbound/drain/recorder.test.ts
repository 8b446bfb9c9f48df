import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../../server/src/outbound/deliveries/claims.ts';
import type { Settled } from '../../../../server/src/outbound/deliveries/outcomes.ts';
import { Recorder, type Outcomes } from '../../../../server/src/outbound/drain/recorder.ts';

const claim = (id: number): Claim => ({
  id,
  identityId: `00000000-0000-0000-0000-${String(id).padStart(12, '0')}`,
  recordKey: { email: `p${id}@example.com` },
  rowChange: 'updated',
  base: null,
  isConsentChanged: false,
  changedOptIns: null,
  salesforceId: null,
  triedValue: null,
  revision: 1,
  attempts: 0,
  changedAt: '2026-01-01 00:00:00+00',
  traceparent: null,
  linkedId: null,
  isLinkGone: false,
});

const outcomes = (...ids: readonly number[]): Outcomes => ({
  settled: ids.map((id): Settled => ({ claim: claim(id), outcome: 'updated' })),
  retried: [],
});

/** Keeps what it is given as soon as it is let. */
class Keeper {
  readonly kept: number[][] = [];
  #open: (() => void)[] = [];

  readonly keep = async ({ settled }: Outcomes): Promise<void> => {
    await new Promise<void>((resolve) => this.#open.push(resolve));
    this.kept.push(settled.map((each) => each.claim.id));
  };

  get waiting(): number {
    return this.#open.length;
  }

  letOne(): void {
    this.#open.shift()?.();
  }
}

describe('a recorder', () => {
  it('lets the next call go while results are kept, and keeps those of several calls together', async () => {
    const keeper = new Keeper();
    const recorder = new Recorder(keeper.keep);
    await recorder.add(outcomes(1, 2));
    await recorder.add(outcomes(3));
    await recorder.add(outcomes(4));
    expect(keeper.waiting).toBe(1);
    keeper.letOne();
    await expect.poll(() => keeper.waiting).toBe(1);
    const ended = recorder.end();
    keeper.letOne();
    await ended;
    expect(keeper.kept).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('keeps what comes after nothing', async () => {
    const kept: number[] = [];
    const recorder = new Recorder(({ settled }) => {
      kept.push(...settled.map((each) => each.claim.id));
      return Promise.resolve();
    });
    await recorder.add(outcomes());
    await recorder.add(outcomes(1));
    await recorder.end();
    await recorder.add(outcomes(2));
    await recorder.end();
    expect(kept).toEqual([1, 2]);
  });

  it('makes whoever brings more wait where the database does not follow', async () => {
    const keeper = new Keeper();
    const recorder = new Recorder(keeper.keep);
    await recorder.add(outcomes(0));
    const many = Array.from({ length: 4001 }, (_each, index) => index + 1);
    let isTaken = false;
    const taken = recorder.add(outcomes(...many)).then(() => {
      isTaken = true;
    });
    keeper.letOne();
    await expect.poll(() => keeper.waiting).toBe(1);
    expect(isTaken).toBe(false);
    keeper.letOne();
    await taken;
    expect(keeper.kept.map((ids) => ids.length)).toEqual([1, 4001]);
  });

  it('tells a failure to whoever comes next, and takes nothing more', async () => {
    let tries = 0;
    const recorder = new Recorder(() => {
      tries += 1;
      return Promise.reject(new Error('the database is away'));
    });
    await recorder.add(outcomes(1)).catch(() => undefined);
    await expect(recorder.end()).rejects.toThrow('the database is away');
    await expect(recorder.add(outcomes(2))).rejects.toThrow('the database is away');
    expect(tries).toBe(1);
  });
});
