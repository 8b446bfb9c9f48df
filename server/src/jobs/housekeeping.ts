import type { Knex } from 'knex';
import type { SigningKeys } from '../auth/signing-keys.ts';
import { Sessions } from '../accounts/sessions.ts';
import type { AuthorizationDesk } from '../connections/authorization-routes.ts';
import { forgetImports } from '../imports/forget-imports.ts';
import type { ScheduledJob } from './jobs.ts';

/** Rows that are deleted in one statement: locks stay short. */
const PORTION = 5000;

/** Forgets what has had its time, and seals secrets again when the encryption key has changed. */
export function housekeeping(
  knex: Knex,
  keys: SigningKeys,
  authorization: Pick<AuthorizationDesk, 'authorizations' | 'requests'>,
  retentionDays: number,
): ScheduledJob {
  return {
    name: 'housekeeping',
    schedule: '17 * * * *',
    run: async () => ({
      batches: await forget(knex, 'di.batch', 'received_at', retentionDays),
      rowWrites: await forget(knex, 'di.row_write', 'received_at', retentionDays),
      imports: await forgetImports(knex, retentionDays),
      tombstones: await forget(knex, 'di.tombstone', 'deleted_at', retentionDays),
      sessions: await new Sessions(knex).forgetExpired(),
      signingKeys: await keys.forgetExpired(),
      authorizationRequests: await authorization.requests.forgetExpired(),
      resealed: (await keys.reseal()) + (await authorization.authorizations.reseal()),
    }),
  };
}

/** Deletes rows that are older than some days, a portion at a time; answers how many. */
export async function forget(
  knex: Knex,
  table: 'di.batch' | 'di.tombstone' | 'di.row_write',
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
