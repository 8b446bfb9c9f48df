import { z } from 'zod';
import type { ConsentKeys } from '../consent/consent-keys.ts';
import { knexSession } from '../database/session.ts';
import type { Knex } from 'knex';
import { anyMembers, lookupName } from '../http/inputs.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { idempotently } from './idempotent-write.ts';
import { RowReader, type GivenRow } from './read-row.ts';
import { writeReturningRows } from './returning-rows.ts';
import { WRITE_MODES, type RowOutcome, type WriteMode } from './write-rows.ts';
import { openTable, regardless, type WrittenTable } from './written-table.ts';

export const MAXIMUM_ROWS = 2000;
/** Bytes: as many as a batch may have. */
export const BODY_LIMIT = 12_000_000;

export const inTable = z.strictObject({ project: lookupName, table: lookupName });
export const overridesSalesforce = z.boolean().default(false).meta({
  description:
    'In a project of type A, writes contacts all the same, though Salesforce makes them and may write over what is said here',
});
export const idempotencyHeader = z.object({ 'Idempotency-Key': z.string().min(1).max(255).optional() });

const count = z.int().min(0);
export const resultSchema = z.object({
  row: count.meta({ description: 'Place among those that were sent' }),
  outcome: z.enum(['created', 'updated', 'unchanged', 'rejected']),
  code: z.string().optional(),
  column: z.string().nullable().optional(),
  message: z.string().optional(),
});
const answer = z.object({
  created: count,
  updated: count,
  unchanged: count,
  rejected: count,
  results: z.array(resultSchema),
});
type Answer = z.output<typeof answer>;

/** Writes rows by their primary key. */
export function postRows(keys: ConsentKeys): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/tables/{table}/rows',
    scope: 'rows:write',
    tag: 'Rows',
    summary: 'Creates or changes rows by their primary key',
    description:
      'Only columns that a row names are changed; null empties one. One rejected row stops none of its neighbours. The same Idempotency-Key with the same body is answered as the first time (Idempotent-Replayed: true) and written once. In a project of type A, contacts come from Salesforce: columns that no transfer fills may be written, new contacts and other columns need overridesSalesforce.',
    headers: idempotencyHeader,
    params: inTable,
    body: z.strictObject({
      rows: z.array(anyMembers).min(1).max(MAXIMUM_ROWS),
      mode: z.enum(WRITE_MODES).default('upsert'),
      overridesSalesforce,
    }),
    bodyLimit: BODY_LIMIT,
    answer: { schema: answer },
    handle: async ({ knex, caller, params, body, request, response, audit }) => {
      const opened = await openTable(knex, caller.accountId, params, 'shared');
      const table = body.overridesSalesforce ? regardless(opened.table) : opened.table;
      const { answer: given, isReplay } = await idempotently(knex, table.id, request, response, () =>
        write(knex, keys, table, body.rows, body.mode),
      );
      const { results: _results, ...counts } = given;
      audit({
        action: isReplay ? 'rows.write-repeated' : 'rows.written',
        subject: `${params.project}/${params.table}`,
        detail: counts,
      });
      return given;
    },
  });
}

async function write(
  knex: Knex,
  keys: ConsentKeys,
  table: WrittenTable,
  rows: readonly GivenRow[],
  mode: WriteMode,
): Promise<Answer> {
  const reader = new RowReader(table);
  const columns = reader.columnsOf(rows);
  const outcomes = new Map<number, RowOutcome>();
  const taken = rows.flatMap((row, place) => {
    const read = reader.read(columns, row);
    if (!('outcome' in read)) return [{ place, values: read }];
    outcomes.set(place, read);
    return [];
  });
  const written = await writeReturningRows(knexSession(knex), keys, table, {
    columns,
    rows: taken.map(({ values }) => values),
    // Nothing new is made where contacts come from Salesforce.
    mode: table.isOwnedBySalesforce ? 'update' : mode,
  });
  for (const [index, { place }] of taken.entries()) {
    const outcome = written[index];
    if (outcome) outcomes.set(place, outcome);
  }
  return answerOf(rows.length, outcomes);
}

function answerOf(rows: number, outcomes: ReadonlyMap<number, RowOutcome>): Answer {
  const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 };
  const results = Array.from({ length: rows }, (_, row) => {
    const outcome = outcomes.get(row) ?? { outcome: 'unchanged' as const };
    counts[outcome.outcome] += 1;
    return { row, ...outcome };
  });
  return { ...counts, results };
}
