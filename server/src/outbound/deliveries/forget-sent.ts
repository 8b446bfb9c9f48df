import type { Knex } from 'knex';

/** What is kept of an integration, whatever its age: the newest. */
export const MOST_SENT = 100_000;
/** Rows that are deleted in one statement: locks stay short. */
const PORTION = 5000;

/** Integrations that something is kept of, by one look into the index each. */
const INTEGRATIONS = `
  WITH RECURSIVE found AS (
    (SELECT integration_id AS id FROM di.sent_delivery ORDER BY integration_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.integration_id FROM di.sent_delivery s WHERE s.integration_id > f.id ORDER BY s.integration_id LIMIT 1)
    FROM found f WHERE f.id IS NOT NULL)
  SELECT id FROM found WHERE id IS NOT NULL`;

const FORGET = `
  DELETE FROM di.sent_delivery WHERE ctid = ANY(ARRAY(
    SELECT s.ctid FROM di.sent_delivery s
    WHERE s.integration_id = :integration AND s.sent_at <= greatest(
      now() - make_interval(days => :days),
      (SELECT o.sent_at FROM di.sent_delivery o WHERE o.integration_id = :integration
       ORDER BY o.sent_at DESC, o.delivery_id DESC OFFSET :most LIMIT 1))
    ORDER BY s.sent_at LIMIT ${PORTION}))`;

/** Forgets what was sent longer ago than some days, and of each integration what is more than the newest; answers how much. */
export async function forgetSent(knex: Knex, days: number, most = MOST_SENT): Promise<number> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(INTEGRATIONS);
  let total = 0;
  for (const { id: integration } of rows)
    for (let gone = PORTION; gone === PORTION; total += gone)
      gone = (await knex.raw<{ rowCount: number }>(FORGET, { integration, days, most })).rowCount;
  return total;
}
