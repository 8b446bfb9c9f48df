import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Door, Weather } from '../../simulation/door.ts';
import type { Kind, Scene } from './storm.ts';

/** Calls that meet a fault of the net, one after the other. */
const CALLS = 6;
/** Milliseconds that they are waited for: a queue that has met the last fault may rest. */
const WITHIN = 15_000;
/** Milliseconds that an org stays away, and after which what has begun to wait before it must be known to health. */
const AWAY = 15_000;

/** The next calls through a door; answers how many have come. */
async function meet(door: Door, what: Weather): Promise<number> {
  door.weather = Array.from({ length: CALLS }, () => what);
  const deadline = performance.now() + WITHIN;
  while (door.weather.length > 0 && performance.now() < deadline) await pause(50);
  const met = CALLS - door.weather.length;
  door.weather = [];
  // Whoever has been struck hears of it before this is over.
  while (door.struck > 0) await pause(50);
  return met;
}

const ofTheOrg = (name: string, what: Weather): Kind => ({
  name: `calls of the org ${name}`,
  strike: async ({ orgDoor }) => ({ [`calls of the org ${name}, calls`]: await meet(orgDoor, what) }),
});

const ofCallers = (name: string, what: Weather): Kind => ({
  name: `calls of the API ${name}`,
  strike: async ({ front, excuses }) => {
    const close = excuses.open();
    try {
      return { [`calls of the API ${name}, calls`]: await meet(front, what) };
    } finally {
      close();
    }
  },
});

export const NET: readonly Kind[] = [
  ofTheOrg('cut before the work', 'cut-before'),
  ofTheOrg('cut after the work', 'cut-after'),
  ofTheOrg('answered by half', 'half'),
  ofTheOrg('answered late', 'slow'),
  ofCallers('cut after the work', 'cut-after'),
  ofCallers('answered by half', 'half'),
];

interface Health {
  readonly connections: readonly { readonly id: string; readonly name: string; readonly verdict: string }[];
}

const WAITING = `
  SELECT DISTINCT connection_id AS id FROM di.delivery
  WHERE state = 'pending' AND changed_at < now() - interval '5 seconds'`;

/** No call of the org arrives for a while. What waits for it must not be called in step. */
export const ORG_AWAY: Kind = {
  name: 'the org away',
  strike: async (scene) => {
    const { orgDoor, orgUrl } = scene;
    orgDoor.targets = [];
    try {
      await pause(AWAY);
      return { 'connections that health had to tell of': await lookAtHealth(scene) };
    } finally {
      orgDoor.targets = [orgUrl];
    }
  },
};

async function lookAtHealth({ cluster, ground }: Scene): Promise<number> {
  const client = new pg.Client({ connectionString: cluster.url, application_name: 'storm' });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(WAITING);
    const { connections } = await ground.di.call<Health>('GET', '/v1/admin/health');
    for (const { id, name, verdict } of connections)
      if (verdict === 'in-step' && rows.some((row) => row.id === id))
        ground.calls.violate(
          `health says of ${name} that it is in step, and deliveries wait for an org that is away`,
        );
    return rows.length;
  } finally {
    await client.end();
  }
}
