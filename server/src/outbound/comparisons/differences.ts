import type { Knex } from 'knex';
import type { Session } from '../../database/session.ts';
import { identifyIn, type RecordKey } from '../../people/record-identities.ts';

export const DIFFERENCE_KINDS = ['field', 'missing-row', 'missing-record'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const ACTS = ['take', 'send'] as const;
/** Salesforce's record is taken again, or the row is sent again. */
export type Act = (typeof ACTS)[number];

/** Something that both sides say differently, and that nothing explains. */
export interface NewDifference {
  readonly kind: DifferenceKind;
  readonly key: RecordKey;
  readonly recordId: string | null;
  /** What sends the row; null where nothing does. */
  readonly integrationId: string | null;
  readonly mayTake: boolean;
  readonly column: string | null;
  readonly field: string | null;
  /** Values as texts of JSON; null for a side that has none. */
  readonly rowValue: string | null;
  readonly salesforceValue: string | null;
}

export async function insertDifferences(
  session: Session,
  runId: string,
  tableId: string,
  found: readonly NewDifference[],
): Promise<void> {
  if (found.length === 0) return;
  const identities = await identifyIn(
    session,
    tableId,
    found.map(({ key }) => key),
  );
  await session.query(
    `INSERT INTO di.difference (run_id, identity_id, kind, salesforce_id, integration_id, may_take, column_name, field, row_value,
       salesforce_value)
     SELECT $1, d.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::boolean[], $7::text[], $8::text[], $9::jsonb[],
       $10::jsonb[]) AS d`,
    [
      runId,
      identities,
      found.map(({ kind }) => kind),
      found.map(({ recordId }) => recordId),
      found.map(({ integrationId }) => integrationId),
      found.map(({ mayTake }) => mayTake),
      found.map(({ column }) => column),
      found.map(({ field }) => field),
      found.map(({ rowValue }) => rowValue),
      found.map(({ salesforceValue }) => salesforceValue),
    ],
  );
}

/** A difference as it is listed. */
export interface ListedDifference {
  readonly id: number;
  readonly at: Date;
  readonly kind: DifferenceKind;
  readonly record_key: RecordKey;
  readonly salesforce_id: string | null;
  readonly integration_id: string | null;
  readonly may_take: boolean;
  readonly column_name: string | null;
  readonly field: string | null;
  readonly row_value: unknown;
  readonly salesforce_value: unknown;
  readonly wanted: Act | null;
  readonly healed_at: Date | null;
  readonly healed_by: Act | null;
  readonly message: string | null;
}

export interface DifferenceFilter {
  readonly kind?: DifferenceKind | undefined;
  readonly state?: 'open' | 'healed' | undefined;
}

/** Differences of a run in the order in which they were found. */
export function listDifferences(
  knex: Knex,
  runId: string,
  page: DifferenceFilter & { readonly after: string; readonly limit: number },
): Promise<ListedDifference[]> {
  return knex('di.difference as d')
    .join('di.record_identity as i', 'i.id', 'd.identity_id')
    .where('d.run_id', runId)
    .where('d.id', '>', page.after)
    .modify((query) => {
      if (page.kind !== undefined) void query.where('d.kind', page.kind);
      if (page.state !== undefined)
        void query.whereRaw(`d.healed_at IS ${page.state === 'open' ? '' : 'NOT '}NULL`);
    })
    .orderBy('d.id')
    .limit(page.limit)
    .select<ListedDifference[]>('d.*', 'i.record_key');
}

/** Whether a difference can be healed in a way, as SQL. */
const CAN: Readonly<Record<Act, string>> = {
  take: 'may_take AND salesforce_id IS NOT NULL',
  send: 'integration_id IS NOT NULL',
};

/** Has open differences of a run taken or sent again, some or all; answers how many. */
export async function wantHealed(
  knex: Knex,
  runId: string,
  act: Act,
  ids: readonly string[] | null,
): Promise<number> {
  return knex('di.difference')
    .where({ run_id: runId })
    .whereNull('healed_at')
    .whereRaw(CAN[act])
    .modify((query) => void (ids === null ? query : query.whereIn('id', [...ids])))
    .update({ wanted: act, message: null });
}

/** What was asked for of differences, and is not done. */
export interface WantedDifference {
  readonly id: number;
  readonly kind: DifferenceKind;
  readonly identity_id: string;
  readonly record_key: RecordKey;
  readonly salesforce_id: string | null;
  readonly integration_id: string | null;
  readonly may_take: boolean;
  readonly column_name: string | null;
}

/** The next differences that somebody wants healed, whatever run found them. */
export function nextWanted(
  knex: Knex,
  comparisonId: string,
  act: Act,
  limit: number,
): Promise<WantedDifference[]> {
  return knex('di.difference as d')
    .join('di.comparison_run as r', 'r.id', 'd.run_id')
    .join('di.record_identity as i', 'i.id', 'd.identity_id')
    .where({ 'r.comparison_id': comparisonId, 'd.wanted': act })
    .orderBy('d.id')
    .limit(limit)
    .select<WantedDifference[]>('d.*', 'i.record_key');
}

/** Differences that are over, and those that still stand with the reason. */
export async function settleWanted(
  knex: Knex,
  act: Act,
  healed: readonly number[],
  open: ReadonlyMap<number, string>,
): Promise<void> {
  await knex('di.difference')
    .whereIn('id', [...healed])
    .update({ wanted: null, healed_at: knex.fn.now(), healed_by: act, message: null });
  if (open.size === 0) return;
  await knex.raw(
    `UPDATE di.difference d SET wanted = NULL, message = o.message
     FROM unnest(?::bigint[], ?::text[]) AS o (id, message) WHERE d.id = o.id`,
    [[...open.keys()], [...open.values()]],
  );
}
