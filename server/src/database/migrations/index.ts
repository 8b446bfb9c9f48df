import type { Knex } from 'knex';
import { controlSchema } from './001-control-schema.ts';
import { accessControl } from './002-access-control.ts';
import { tableDefinitions } from './003-table-definitions.ts';
import { batchHistory } from './004-batch-history.ts';
import { recordIdentities } from './005-record-identities.ts';
import { salesforceAuthorizations } from './006-salesforce-authorizations.ts';
import { consent } from './007-consent.ts';
import { deliveries } from './008-deliveries.ts';
import { alertsAndDeployments } from './009-alerts-and-deployments.ts';
import { rowsIn } from './010-rows-in.ts';
import { eventsAndActions } from './011-events-and-actions.ts';
import { pulls } from './012-pulls.ts';
import { persons } from './013-persons.ts';
import { occasions } from './014-occasions.ts';
import { costOfTheWayBack } from './015-cost-of-the-way-back.ts';
import { locksAndBounds } from './018-locks-and-bounds.ts';
import { consentAsSaid } from './019-consent-as-said.ts';
import { apiBudget } from './020-api-budget.ts';
import { oneSpelling } from './021-one-spelling.ts';
import { faults } from './022-faults.ts';
import { namesAndMoves } from './023-names-and-moves.ts';
import { mergeByField } from './024-merge-by-field.ts';
import { editedRows } from './025-edited-rows.ts';
import { rivals } from './026-rivals.ts';
import { unreachedOptOuts } from './028-unreached-opt-outs.ts';
import { oneLease } from './030-one-lease.ts';
import { mergedRecords } from './031-merged-records.ts';
import { comparisons } from './033-comparisons.ts';
import { longNumbersInKeys } from './036-long-numbers-in-keys.ts';
import { severalRecords } from './037-several-records.ts';
import { triesOfImports } from './038-tries-of-imports.ts';
import { createdRows } from './039-created-rows.ts';
import { sharedLimits } from './041-shared-limits.ts';
import { tracedDeliveries } from './042-traced-deliveries.ts';
import { passwordLinks } from './043-password-links.ts';
import { basesOfMovedRows } from './044-bases-of-moved-rows.ts';
import { longNumbersOfDuplicates } from './045-long-numbers-of-duplicates.ts';
import { signOn } from './050-sign-on.ts';
import { branding } from './051-branding.ts';
import { sentDeliveries } from './046-sent-deliveries.ts';
import { deliveriesByHour } from './047-deliveries-by-hour.ts';
import type { Migration } from './migration.ts';

const MIGRATIONS: readonly Migration[] = [
  controlSchema,
  accessControl,
  tableDefinitions,
  batchHistory,
  recordIdentities,
  salesforceAuthorizations,
  consent,
  deliveries,
  alertsAndDeployments,
  rowsIn,
  eventsAndActions,
  pulls,
  persons,
  occasions,
  costOfTheWayBack,
  locksAndBounds,
  consentAsSaid,
  apiBudget,
  oneSpelling,
  faults,
  namesAndMoves,
  mergeByField,
  editedRows,
  rivals,
  unreachedOptOuts,
  oneLease,
  mergedRecords,
  comparisons,
  longNumbersInKeys,
  severalRecords,
  triesOfImports,
  createdRows,
  sharedLimits,
  basesOfMovedRows,
  tracedDeliveries,
  longNumbersOfDuplicates,
  passwordLinks,
  signOn,
  branding,
  sentDeliveries,
  deliveriesByHour,
];

/** Migrations as code of the server, not as files found at run time. */
export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) =>
    Promise.resolve({
      up: (knex) => migration.up(knex),
      down: () => Promise.reject(new Error('Migrations only go forward.')),
    }),
};
