import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from './simulation.ts';
import { World } from './world.ts';

const SEEDS = 40;
/** Shorter histories that are tried where one fails. */
const SHRINKS = 60;

/** The package's own Apex in a local org and the API with its workers on PostgreSQL; seeds decide what happens to them. */
describe('both sides after whatever happened to them', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(async () => {
    await world.close();
  });

  it(`are equal in ${SEEDS} histories`, { timeout: 600_000 }, async () => {
    for (let seed = 1; seed <= SEEDS; seed++)
      expect((await simulate(world, seed, { without: [], mostShrinks: SHRINKS })).wrong).toBeNull();
  });

  it('are the same as the last time, where a seed is repeated', { timeout: 60_000 }, async () => {
    const [once, again] = [await simulate(world, 12, REPEATED), await simulate(world, 12, REPEATED)];
    expect(once.end).not.toEqual([]);
    expect(again.end).toEqual(once.end);
  });
});

const REPEATED = { without: [], mostShrinks: 0 } as const;
