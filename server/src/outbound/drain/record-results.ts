import { say } from '../../messages/message.ts';
import type pg from 'pg';
import { BEGIN_BY_INDEX } from '../../database/by-index.ts';
import { quoteLiteral, quoteTable } from '../../database/identifiers.ts';
import { clientSession } from '../../database/session.ts';
import { sqlState } from '../../database/sql-state.ts';
import { storableText } from '../../values/storable.ts';
import type { Lease } from '../../jobs/lease.ts';
import { hasKey } from '../../people/record-keys.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { Integration } from '../integrations/integrations.ts';
import { finish, type Locked } from './finish-deliveries.ts';
import { MarkedRows } from './edit-marks.ts';
import { keepArchivedEdits } from './keep-archived-edits.ts';
import { keepRead } from './keep-read.ts';
import { NAMED, SAID, said } from '../deliveries/named-deliveries.ts';
import type { Retried, Settled } from '../deliveries/outcomes.ts';
import type { Written } from './sent-deliveries.ts';
import { MOST_ATTEMPTS, retryDelay } from './retry-delays.ts';

const DEADLOCK = '40P01';
const TRIES = 5;

/** What is written here came from the org: it is not sent back there. */
const originOf = ({ connectionId }: Integration): string =>
  `SET LOCAL di.origin = ${quoteLiteral(connectionId)}`;

const IS_SAME = `d.revision = (${SAID}->>'revision')::bigint`;

/** What became of some deliveries, to be kept in one transaction. */
export interface Results {
  readonly settled: readonly Settled[];
  readonly retried: readonly Retried[];
  /** API calls since the last time. */
  readonly apiCalls: number;
  readonly written: Written;
}

/**
 * Keeps what became of deliveries. One whose record has changed since it was read stays, and is sent again: what it was
 * sent with is known all the same, by its link. Throws LeaseLost; then nothing is kept, and whoever has the connection now
 * finds out what became of them.
 *
 * @param ownsRows whether the table's rows carry the ids of this org: then a created record's row gets its id
 */
export async function recordResults(
  pool: pg.Pool,
  lease: Lease,
  integration: Integration,
  results: Results,
  ownsRows: boolean,
): Promise<void> {
  const { settled, retried } = withoutHopeless(results);
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      await client.query(`${BEGIN_BY_INDEX}; ${originOf(integration)}`);
      await lease.fence(clientSession(client));
      if (ownsRows) await keepIdsInRows(client, integration, settled);
      await keepRead(clientSession(client), integration, settled);
      const ended = settled.filter(isOfRow).map(({ claim }) => claim);
      const rows = new MarkedRows(clientSession(client), integration, ended);
      await rows.hold();
      const locked = await lock(client, [...settled, ...retried]);
      await keepLinks(client, integration, settled);
      await keepArchivedEdits(clientSession(client), integration, settled);
      await keepGone(client, integration, [...settled, ...retried]);
      const done = settled.filter((each) => !isKept(each));
      await finish(client, integration, done, locked, results.written);
      await rows.unmark();
      await postpone(client, retried, results.written);
      await keepFailed(client, settled, results.written);
      await count(client, integration, settled, results.apiCalls);
      await client.query('COMMIT');
      client.release();
      return;
    } catch (error) {
      const broken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
      client.release(broken);
      // Whoever writes rows and we may lock the same deliveries: one of both goes again.
      if (sqlState(error) !== DEADLOCK || attempt >= TRIES) throw error;
    }
  }
}

/** What is done of a row that is there. */
const isOfRow = ({ claim: { rowChange }, outcome }: Settled): boolean =>
  outcome !== 'dead' && (rowChange === 'created' || rowChange === 'updated');

/** What was tried often enough is given up. */
function withoutHopeless({ settled, retried }: Results): Pick<Results, 'settled' | 'retried'> {
  const isHopeless = (each: Retried): boolean => each.claim.attempts + 1 >= MOST_ATTEMPTS;
  const hopeless = retried.filter(isHopeless).map(({ claim, code, message, ...ending }): Settled => ({
    ...ending,
    claim,
    outcome: 'dead',
    code,
    message: say('deliveries.tried', { times: MOST_ATTEMPTS, reason: message }),
  }));
  return {
    settled: [...settled, ...hopeless],
    retried: retried.filter((each) => !isHopeless(each)),
  };
}

/**
 * Locks deliveries in the order in which triggers lock them: all are of one integration, and the database sorts UUIDs as
 * their text. Answers those that are still there.
 */
async function lock(client: pg.PoolClient, all: readonly { readonly claim: Claim }[]): Promise<Locked> {
  const claims = all.map(({ claim }) => claim);
  claims.sort((one, other) => (one.identityId < other.identityId ? -1 : 1));
  const { rows } = await client.query<{ id: number; is_same: boolean }>(
    `SELECT l.id, l.revision = r.revision AS is_same FROM unnest($1::bigint[], $2::bigint[]) AS r (id, revision)
     CROSS JOIN LATERAL (SELECT d.id, d.revision FROM di.delivery d WHERE d.id = r.id FOR UPDATE) AS l`,
    [claims.map(({ id }) => id), claims.map(({ revision }) => revision)],
  );
  return new Map(rows.map(({ id, is_same: isSame }) => [id, isSame]));
}

/**
 * Whose delivery `i` is by now: the row may have taken another key while a call was on its way. Whoever was erased meanwhile is
 * not tied to a record again.
 */
const UNLESS_ERASED = `JOIN di.record_identity o ON o.id = i.id
  JOIN di.record_identity p ON p.id = coalesce(o.merged_into, o.id) AND p.erased_at IS NULL`;

async function keepLinks(
  client: pg.PoolClient,
  { connectionId, object }: Integration,
  settled: readonly Settled[],
): Promise<void> {
  const linked = settled.filter((each) => each.salesforceId !== undefined && each.outcome !== 'deleted');
  if (linked.length > 0)
    await client.query(
      `INSERT INTO di.record_link AS l (identity_id, connection_id, object, salesforce_id)
       SELECT DISTINCT ON (p.id) p.id, $1::uuid, $2::text, i.salesforce_id
       FROM unnest($3::uuid[], $4::text[]) AS i (id, salesforce_id)
       ${UNLESS_ERASED} ORDER BY p.id, o.merged_into NULLS FIRST
       ON CONFLICT (identity_id, connection_id, object) DO UPDATE
       SET salesforce_id = EXCLUDED.salesforce_id, is_gone = false, linked_at = now()
       WHERE l.salesforce_id <> EXCLUDED.salesforce_id OR l.is_gone`,
      [
        connectionId,
        object,
        linked.map(({ claim }) => claim.identityId),
        linked.map(({ salesforceId }) => salesforceId),
      ],
    );
  const deleted = settled.filter(({ outcome }) => outcome === 'deleted');
  if (deleted.length > 0)
    await client.query(
      'DELETE FROM di.record_link WHERE connection_id = $1 AND object = $2 AND identity_id = ANY ($3::uuid[])',
      [connectionId, object, deleted.map(({ claim }) => claim.identityId)],
    );
}

/** A record that the org has deleted is remembered, so that nobody writes to it again, nor creates it by accident. */
async function keepGone(
  client: pg.PoolClient,
  { connectionId, object }: Integration,
  results: readonly (Settled | Retried)[],
): Promise<void> {
  const gone = results.filter((each) => each.goneId !== undefined);
  if (gone.length === 0) return;
  await client.query(
    `INSERT INTO di.record_link (identity_id, connection_id, object, salesforce_id, is_gone)
     SELECT DISTINCT ON (p.id) p.id, $1::uuid, $2::text, i.salesforce_id, true
     FROM unnest($3::uuid[], $4::text[]) AS i (id, salesforce_id)
     ${UNLESS_ERASED} ORDER BY p.id, o.merged_into NULLS FIRST
     ON CONFLICT (identity_id, connection_id, object) DO UPDATE SET salesforce_id = EXCLUDED.salesforce_id, is_gone = true`,
    [connectionId, object, gone.map(({ claim }) => claim.identityId), gone.map(({ goneId }) => goneId)],
  );
}

async function postpone(client: pg.PoolClient, retried: readonly Retried[], written: Written): Promise<void> {
  if (retried.length === 0) return;
  await client.query(
    `UPDATE di.delivery d SET attempts = d.attempts + 1, last_code = ${SAID}->>'code', last_message = ${SAID}->>'message',
       ${TRIED_STILL}, ${SENT_LAST},
       due_at = now() + (${SAID}->>'delay')::float8 * interval '1 millisecond'
     WHERE ${NAMED} AND ${IS_SAME}`,
    said(retried, (each) => ({
      ...refusalOf(each, written),
      delay: retryDelay(each.claim.attempts + 1),
    })),
  );
}

/** What is given up stays, and so does an opt-out that reached nobody: until there is somebody to tell. */
async function keepFailed(
  client: pg.PoolClient,
  settled: readonly Settled[],
  written: Written,
): Promise<void> {
  const failed = settled.filter(isKept);
  if (failed.length === 0) return;
  await client.query(
    `UPDATE di.delivery d SET state = ${SAID}->>'state', attempts = d.attempts + 1, last_code = ${SAID}->>'code',
       last_message = ${SAID}->>'message', ${TRIED_STILL}, ${SENT_LAST},
       due_at = CASE ${SAID}->>'state' WHEN 'unreached' THEN now() + interval '1 day' ELSE d.due_at END
     WHERE ${NAMED} AND ${IS_SAME}`,
    said(failed, (each) => ({ ...refusalOf(each, written), state: each.outcome })),
  );
}

/** What was refused was not made: nothing is looked for by what it was sent with. */
const TRIED_STILL = `tried_value = CASE WHEN ${SAID} ? 'notMade' THEN NULL ELSE d.tried_value END`;

/** What it was sent with stays to be seen. */
const SENT_LAST = `sent_fields = coalesce(${SAID}->>'fields', d.sent_fields)`;

const isKept = ({ outcome }: Settled): boolean => outcome === 'dead' || outcome === 'unreached';

const refusalOf = ({ claim, code, message, isNotMade }: Settled | Retried, written: Written): object => ({
  fields: written.get(claim.id),
  notMade: isNotMade,
  revision: claim.revision,
  code: code === undefined ? null : storableText(code),
  message: message === undefined ? null : storableText(message),
});

async function count(
  client: pg.PoolClient,
  { id }: Integration,
  settled: readonly Settled[],
  apiCalls: number,
): Promise<void> {
  const counts = new Map<string, number>();
  for (const { outcome } of settled) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const hasWritten = settled.some(({ outcome }) => ['created', 'updated', 'deleted'].includes(outcome));
  await client.query(
    `WITH counted AS (
       UPDATE di.integration SET api_calls = api_calls + $2,
         last_success_at = CASE WHEN $3 THEN now() ELSE last_success_at END
       WHERE id = $1)
     INSERT INTO di.delivery_count AS c (integration_id, day, hour, outcome, count)
     SELECT $1, (now() AT TIME ZONE 'UTC')::date, extract(hour FROM now() AT TIME ZONE 'UTC'), r.outcome, r.count FROM unnest($4::text[], $5::bigint[]) AS r (outcome, count)
     ON CONFLICT (integration_id, day, hour, outcome) DO UPDATE SET count = c.count + EXCLUDED.count`,
    [id, apiCalls, hasWritten, [...counts.keys()], [...counts.values()]],
  );
}

/**
 * A created record's row carries its id, as if it had come from there: a change of its key is followed by it later. Whether
 * a row has an id is asked so that no index answers it: of a table that is new to the org, that would be all of its rows.
 */
async function keepIdsInRows(
  client: pg.PoolClient,
  { schemaName, table }: Integration,
  settled: readonly Settled[],
): Promise<void> {
  const created = settled.filter(({ outcome }) => outcome === 'created');
  if (created.length === 0) return;
  const keys = table.fields.filter((field) => table.primaryKey.includes(field.name));
  await client.query(
    `UPDATE ${quoteTable(schemaName, table.code)} r SET "_salesforce_id" = i.salesforce_id
     FROM unnest($1::uuid[], $2::text[]) AS i (id, salesforce_id)
     ${UNLESS_ERASED}
     WHERE ${hasKey(keys, 'r', 'p.record_key')} AND coalesce(r."_salesforce_id", '') = ''`,
    [created.map(({ claim }) => claim.identityId), created.map(({ salesforceId }) => salesforceId)],
  );
}
