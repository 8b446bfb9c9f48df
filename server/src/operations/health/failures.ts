import type { Knex } from 'knex';
import type { IncidentKind } from '../../connections/incidents.ts';
import { FAILED_WORK } from './failed-work.sql.ts';

/** What may fail: batches of the plugin as a whole, transfers that take nothing now, single records, and all that DI does. */
export const FAILURE_KINDS = [
  'batch',
  'held',
  'record',
  'delivery',
  'opt-out',
  'event',
  'action',
  'import',
  'pull',
  'deployment',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Incidents that are told of because of failures, which health shows as such. */
export const INCIDENTS_OF_FAILURES: readonly IncidentKind[] = [
  'batches-refused',
  'events-failed',
  'actions-failed',
  'deliveries-dead',
  'pull-failed',
  'plugin-silent',
];

/** Something that failed and still stands. */
export interface Failure {
  readonly accountId: string;
  readonly kind: FailureKind;
  readonly subject: string;
  readonly name: string;
  readonly project: string;
  readonly connection: { readonly id: string; readonly name: string } | null;
  readonly transfer: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly count: number;
  readonly since: Date;
  readonly latest: Date;
}

interface FailureRow {
  readonly account_id: string;
  readonly kind: FailureKind;
  readonly subject: string;
  readonly name: string;
  readonly project: string;
  readonly connection_id: string | null;
  readonly connection_name: string | null;
  readonly transfer_id: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly count: number;
  readonly since: Date;
  readonly latest: Date;
}

/**
 * What failed and still stands, the latest first: of an account, or of all where none is named.
 *
 * @param kinds only these are looked for; PostgreSQL leaves the others' part of the statement out
 */
export async function listFailures(
  knex: Knex,
  accountId: string | null,
  kinds: readonly FailureKind[] = FAILURE_KINDS,
): Promise<Failure[]> {
  const { rows } = await knex.raw<{ rows: FailureRow[] }>(
    `SELECT * FROM (${FAILED_WORK}) f
     WHERE (CAST(:account AS uuid) IS NULL OR f.account_id = :account) AND f.kind = ANY(CAST(:kinds AS text[]))
     ORDER BY f.latest DESC, f.kind, f.subject`,
    { account: accountId, kinds: [...kinds] },
  );
  return rows.map((row) => ({
    accountId: row.account_id,
    kind: row.kind,
    subject: row.subject,
    name: row.name,
    project: row.project,
    connection:
      row.connection_id === null ? null : { id: row.connection_id, name: row.connection_name ?? '' },
    transfer: row.transfer_id,
    code: row.code,
    message: row.message,
    count: row.count,
    since: row.since,
    latest: row.latest,
  }));
}

/** How many of what failed, by kind; kinds of which nothing failed are among them. */
export function countsByKind(
  failures: readonly Pick<Failure, 'kind' | 'count'>[],
): Record<FailureKind, number> {
  const counts = { ...NONE };
  for (const { kind, count } of failures) counts[kind] += count;
  return counts;
}

const NONE: Readonly<Record<FailureKind, number>> = {
  batch: 0,
  held: 0,
  record: 0,
  delivery: 0,
  'opt-out': 0,
  event: 0,
  action: 0,
  import: 0,
  pull: 0,
  deployment: 0,
};
