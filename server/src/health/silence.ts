import type { Knex } from 'knex';

/**
 * When a plugin is silent. It speaks when something changes in its org, so that nights, weekends and holidays are silent
 * too: it is compared with the longest silence of the weeks before, and only where it spoke on most days of them.
 */
const LOOKED_BACK_DAYS = 28;
/** Days of those on which it has to have spoken for a silence to mean anything. */
const REGULAR_DAYS = 14;
/** A silence is told of when it is this many times as long as the longest one before. */
const TIMES_THE_LONGEST = 2;
/** However busy an org is, an hour or two without a change are nothing. */
const SHORTEST_HOURS = 3;

export interface Silence {
  readonly connectionId: string;
  readonly accountId: string;
  readonly lastHeard: Date;
  /** Hours of the longest silence before this one. */
  readonly usualHours: number;
}

/**
 * Connections whose plugin has been silent for longer than is usual for it. The hours in which it spoke are found by skipping
 * from one to the next in the index, so that it costs the same for an org of a million batches.
 */
export async function silentPlugins(knex: Knex, accountId: string | null): Promise<Silence[]> {
  const { rows } = await knex.raw<{ rows: SilenceRow[] }>(SILENT, {
    account: accountId,
    days: LOOKED_BACK_DAYS,
    regular: REGULAR_DAYS,
    times: TIMES_THE_LONGEST,
    shortest: SHORTEST_HOURS,
  });
  return rows.map((row) => ({
    connectionId: row.connection_id,
    accountId: row.account_id,
    lastHeard: row.last_heard,
    usualHours: Math.round(row.usual_hours),
  }));
}

interface SilenceRow {
  readonly connection_id: string;
  readonly account_id: string;
  readonly last_heard: Date;
  readonly usual_hours: number;
}

/** Batches of a pull are no word of the plugin's. */
const OF_PLUGIN = "b.key NOT LIKE 'pull:%'";

/** Whether the plugin of an incident's connection was heard of since, or is not waited for any more. */
export const IS_HEARD_AGAIN = `
  NOT EXISTS (SELECT FROM di.transfer t WHERE t.connection_id = i.connection_id AND t.status = 'active')
  OR EXISTS (SELECT FROM di.project p WHERE p.id = c.project_id AND p.archived_at IS NOT NULL)
  OR EXISTS (
    SELECT FROM di.batch_fault f
    WHERE f.connection_id = i.connection_id AND f.kind = 'refused' AND f.at > i.created_at)
  OR EXISTS (
    SELECT FROM di.transfer t
    JOIN di.batch b ON b.table_id = t.table_id AND b.connection_id = t.connection_id
    WHERE t.connection_id = i.connection_id AND b.received_at > i.created_at AND ${OF_PLUGIN})`;

const SILENT = `
  WITH RECURSIVE watched AS (
    SELECT DISTINCT c.id, c.account_id, t.table_id
    FROM di.connection c
    JOIN di.project p ON p.id = c.project_id AND p.archived_at IS NULL
    JOIN di.transfer t ON t.connection_id = c.id AND t.status = 'active'
    WHERE c.status = 'active' AND (CAST(:account AS uuid) IS NULL OR c.account_id = :account)
  ), taken AS (
    SELECT w.id, max(l.received_at) AS at
    FROM watched w
    CROSS JOIN LATERAL (
      SELECT b.received_at FROM di.batch b
      WHERE b.table_id = w.table_id AND b.connection_id = w.id AND ${OF_PLUGIN}
      ORDER BY b.received_at DESC LIMIT 1) l
    GROUP BY w.id
  ), latest AS (
    -- A plugin whose batches are refused, or held, is not silent.
    SELECT k.id, greatest(k.at, (
      SELECT max(f.at) FROM di.batch_fault f WHERE f.connection_id = k.id AND f.kind = 'refused')) AS at
    FROM taken k
  ), heard AS (
    SELECT w.id, w.table_id, (
      SELECT b.received_at FROM di.batch b
      WHERE b.table_id = w.table_id AND b.connection_id = w.id AND ${OF_PLUGIN}
        AND b.received_at > l.at - make_interval(days => :days)
      ORDER BY b.received_at LIMIT 1) AS at
    FROM watched w JOIN latest l ON l.id = w.id AND l.at < now() - make_interval(hours => :shortest)
    UNION ALL
    SELECT h.id, h.table_id, (
      SELECT b.received_at FROM di.batch b
      WHERE b.table_id = h.table_id AND b.connection_id = h.id AND ${OF_PLUGIN}
        AND b.received_at >= date_trunc('hour', h.at) + interval '1 hour'
      ORDER BY b.received_at LIMIT 1)
    FROM heard h WHERE h.at IS NOT NULL
  ), gaps AS (
    SELECT id, at, at - lag(at) OVER (PARTITION BY id ORDER BY at) AS gap FROM heard WHERE at IS NOT NULL
  ), usual AS (
    SELECT id, count(DISTINCT at::date) AS days, extract(epoch FROM max(gap)) / 3600 AS hours FROM gaps GROUP BY id
  )
  SELECT c.id AS connection_id, c.account_id, l.at AS last_heard, u.hours::float8 AS usual_hours
  FROM usual u JOIN latest l ON l.id = u.id JOIN di.connection c ON c.id = u.id
  WHERE u.days >= :regular AND u.hours IS NOT NULL
    AND l.at < now() - make_interval(secs => greatest(u.hours * :times, :shortest) * 3600)`;
