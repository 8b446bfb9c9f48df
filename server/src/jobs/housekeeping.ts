import type { Knex } from 'knex';
import type { SigningKeys } from '../auth/signing-keys.ts';
import { Sessions } from '../accounts/sessions.ts';
import type { AuthorizationDesk } from '../connections/authorization-routes.ts';
import type { ScheduledJob } from './jobs.ts';

/** Rows that are deleted in one statement: locks stay short. */
const PORTION = 5000;

/** Whoever keeps secrets that were sealed. */
export interface Sealed {
  /** Seals again what was sealed with a key on its way out; answers how many. */
  reseal(): Promise<number>;
}

/** Forgets what has had its time, and seals secrets again when the encryption key has changed. */
export function housekeeping(
  knex: Knex,
  keys: SigningKeys,
  authorization: Pick<AuthorizationDesk, 'authorizations' | 'requests'>,
  retentionDays: number,
  sealed: readonly Sealed[] = [],
): ScheduledJob {
  return {
    name: 'housekeeping',
    schedule: '17 * * * *',
    run: async () => ({
      batches: await forget(knex, 'di.batch', 'received_at', retentionDays),
      tombstones: await forget(knex, 'di.tombstone', 'deleted_at', retentionDays),
      sessions: await new Sessions(knex).forgetExpired(),
      signingKeys: await keys.forgetExpired(),
      authorizationRequests: await authorization.requests.forgetExpired(),
      resealed: await resealAll([keys, authorization.authorizations, ...sealed]),
    }),
  };
}

/** Deletes rows that are older than some days, a portion at a time; answers how many. */
export async function forget(
  knex: Knex,
  table: 'di.batch' | 'di.tombstone',
  moment: 'received_at' | 'deleted_at',
  days: number,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { rowCount } = await knex.raw<{ rowCount: number }>(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${moment} < now() - make_interval(days => ?) LIMIT ${PORTION}))`,
      [days],
    );
    total += rowCount;
    if (rowCount < PORTION) return total;
  }
}

async function resealAll(sealed: readonly Sealed[]): Promise<number> {
  let count = 0;
  for (const each of sealed) count += await each.reseal();
  return count;
}
