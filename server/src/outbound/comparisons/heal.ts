import { createHash } from 'node:crypto';
import { quoteTable } from '../../database/identifiers.ts';
import { batchOf } from '../../inbound/pulls/pulled-records.ts';
import { mappedFields } from '../../inbound/pulls/selection.ts';
import { takeBatch } from '../../inbound/batches/take-batch.ts';
import type { BatchBody } from '../../inbound/batches/batch-body.ts';
import { checkEnding } from '../../jobs/interrupted.ts';
import { compiledFor, wantedOf } from './compare-records.ts';
import { nextWanted, settleWanted, type WantedDifference } from './differences.ts';
import type { Ground } from './ground.ts';
import { lookAtRecords } from './look.ts';
import { recordsById } from './records-by-id.ts';
import { sendAgain } from './send-again.ts';

/** Differences that are healed at once. */
const PORTION = 2000;

/** Takes and sends again what was asked for. Throws SalesforceFault, LeaseLost and Interrupted. */
export async function heal(ground: Ground): Promise<void> {
  const { database, comparison } = ground;
  const { knex } = database;
  for (;;) {
    checkEnding(ground.ending);
    await ground.run.lease.check();
    const taken = await nextWanted(knex, comparison.id, 'take', PORTION);
    const sent = await nextWanted(knex, comparison.id, 'send', PORTION);
    if (taken.length === 0 && sent.length === 0) return;
    if (taken.length > 0) await takeAgain(ground, taken);
    if (sent.length > 0) await sendAgain(ground, sent);
  }
}

const NOTHING_TAKES = 'No active transfer takes the record: activate the transfer, and take it again.';

/** Takes records as a batch of theirs, by the way of every other batch; records that are gone are archived. */
async function takeAgain(ground: Ground, wanted: readonly WantedDifference[]): Promise<void> {
  const { database, comparison, selection, described } = ground;
  if (comparison.transfer === null) {
    await settleWanted(database.knex, 'take', [], new Map(wanted.map(({ id }) => [id, NOTHING_TAKES])));
    return;
  }
  const fields = mappedFields(comparison.transfer.mapping);
  const checkbox = selection.type === 'checkbox' ? selection.field : null;
  const ids = [...new Set(wanted.flatMap(({ salesforce_id: id }) => id ?? []))];
  const found = await recordsById(ground, ids, [...fields, ...(checkbox === null ? [] : [checkbox])]);
  const read = { fields, withDeleted: true, checkbox };
  const { body } = batchOf(described.name, read, [...found.values()]);
  const lost = await lostRecords(
    ground,
    ids.filter((id) => !found.has(id)),
  );
  const refused = await take(ground, { ...body, archives: [...body.archives, ...lost] });
  const still = await differsStill(ground, fields, body);
  const open = new Map(
    wanted.flatMap(({ id, salesforce_id: recordId }) => {
      const reason = refused.get(recordId ?? '') ?? (still.has(recordId ?? '') ? STILL : null);
      return reason === null ? [] : [[id, reason] as const];
    }),
  );
  const healed = wanted.filter(({ id }) => !open.has(id)).map(({ id }) => id);
  await settleWanted(database.knex, 'take', healed, open);
}

const STILL =
  'The record was taken, and the row still says something else: what DI has is newer than the record, or a rule of the field keeps it.';

/** Rows whose records the org does not know at all are archived at the version that they hold, as a whole pull does. */
async function lostRecords(
  { database, comparison }: Ground,
  ids: readonly string[],
): Promise<[id: string, at: string][]> {
  if (ids.length === 0) return [];
  const { rows } = await database.pool.query<{ id: string; at: Date }>(
    `SELECT r."_salesforce_id" AS id, coalesce(r."_source_modstamp", r."_changed_at") AS at
     FROM ${quoteTable(comparison.schemaName, comparison.table.code)} r WHERE r."_salesforce_id" = ANY ($1::text[])`,
    [ids],
  );
  return rows.map(({ id, at }) => [id, at.toISOString()]);
}

/** Answers why records were not taken, by their ids. */
async function take(ground: Ground, body: BatchBody): Promise<ReadonlyMap<string, string>> {
  const { targets, database, org, run } = ground;
  const rawBody = Buffer.from(JSON.stringify(body));
  const digest = createHash('sha256').update(rawBody).digest('base64url').slice(0, 16);
  const { answer } = await takeBatch(targets, database.pool, wantedOf(ground), {
    organizationId: org.organizationId,
    idempotencyKey: `comparison:${run.row.id}:${run.row.attempts}:${digest}`,
    ...{ rawBody, body },
  });
  return new Map(answer.rejected.flatMap(({ id, message }) => (id === null ? [] : [[id, message]])));
}

async function differsStill(
  ground: Ground,
  fields: readonly string[],
  body: BatchBody,
): Promise<ReadonlySet<string>> {
  if (body.upserts.length === 0) return new Set();
  const compiled = await compiledFor(ground, fields);
  const seen = await lookAtRecords(ground.database.pool, compiled, body, ground.since);
  return new Set(
    [...seen.values()].flatMap(({ id, isMissing, fields: found }) =>
      isMissing || found.length > 0 ? id : [],
    ),
  );
}
