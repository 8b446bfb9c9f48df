import { refreshOccasions } from './outbound/actions/occasions.ts';
import { makeConsentView } from './consent/consent-view.ts';
import { refreshCapture, renameInIntegrations } from './outbound/integrations/refresh-capture.ts';
import type { BuildFollower } from './projects/build.ts';
import { followKeptValues } from './records/follow-kept-values.ts';
import { followTypes } from './records/normalize-rows.ts';
import { followKeyColumns } from './people/rename-key-columns.ts';
import { followRenamedColumns } from './transfers/transfers.ts';

/** All that speaks of the tables of projects, in the order in which it follows a build. */
export const buildFollowers: readonly BuildFollower[] = [
  followRenamedColumns,
  followKeyColumns,
  followTypes,
  followKeptValues,
  {
    columnsRenamed: (transaction, table, names) => renameInIntegrations(transaction, table.id, names),
    tableBuilt: (transaction, _project, table) => refreshCapture(transaction, table.id),
  },
  { projectBuilt: (transaction, project) => refreshOccasions(transaction, project.id) },
  { projectBuilt: makeConsentView },
];
