import type { Knex } from 'knex';
import { SHARDS } from '../engine/write-queue.ts';

/** Something to be queued because of an event. */
export interface QueuedEvent {
  /** Place of the event in its call. */
  readonly event: number;
  readonly queueId: string;
  readonly key: string;
  readonly person: string;
  readonly occasion: string;
  /** JSON. */
  readonly body: string;
}

/**
 * Stores what events ask for, each once, and counts them, in one statement: all of it or nothing. Answers how many events
 * were new.
 */
export async function storeEvents(
  knex: Knex,
  sourceId: string,
  queued: readonly QueuedEvent[],
  ignored: ReadonlyMap<string, number>,
): Promise<number> {
  const events = new Set(queued.map(({ event }) => event)).size;
  const { rows } = await knex.raw<{ rows: { fresh: number }[] }>(STORE, [
    queued.map(({ event }) => event),
    queued.map(({ queueId }) => queueId),
    queued.map(({ key }) => key),
    queued.map(({ person }) => person),
    queued.map(({ occasion }) => occasion),
    queued.map(({ body }) => body),
    sourceId,
    Math.floor(Math.random() * SHARDS),
    events,
    [...ignored.keys()],
    [...ignored.values()],
  ]);
  return rows[0]?.fresh ?? 0;
}

const STORE = `
  WITH given AS (
    SELECT * FROM unnest(?::integer[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[])
      AS g (event, queue_id, key, person, occasion, body)),
  stored AS (
    INSERT INTO di.write_item (queue_id, key, person, occasion, body)
    SELECT queue_id, key, person, occasion, body::jsonb FROM given ORDER BY event
    ON CONFLICT (queue_id, key) DO NOTHING RETURNING queue_id, key),
  fresh AS (SELECT count(DISTINCT g.event)::integer AS count FROM given g JOIN stored s USING (queue_id, key)),
  counted AS (
    INSERT INTO di.write_count (queue_id, day, outcome, reason, shard, count)
    SELECT ?::uuid, (now() AT TIME ZONE 'UTC')::date, c.outcome, c.reason, ?::smallint, c.count FROM (
      SELECT 'accepted' AS outcome, '' AS reason, count FROM fresh
      UNION ALL SELECT 'duplicate', '', ?::integer - count FROM fresh
      UNION ALL SELECT 'ignored', i.reason, i.count FROM unnest(?::text[], ?::integer[]) AS i (reason, count)) c
    WHERE c.count > 0 ORDER BY 3, 4
    ON CONFLICT (queue_id, day, outcome, reason, shard) DO UPDATE SET count = di.write_count.count + excluded.count)
  SELECT count AS fresh FROM fresh`;
