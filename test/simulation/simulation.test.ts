import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from './simulation.ts';
import { World } from './world.ts';

const SEEDS = 40;
/** Several records of a row, and fields that both sides change, meet by rules of their own. */
const WITHOUT = ['rivals', 'edits', 'automation'] as const;

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
      expect(await simulate(world, seed, { without: WITHOUT, mostShrinks: 60 })).toBeNull();
  });
});
