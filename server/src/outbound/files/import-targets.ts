import type { Knex } from 'knex';
import { unprocessable } from '../../http/problem.ts';
import { Projects } from '../../projects/projects.ts';
import { OptIns } from '../../consent/opt-ins.ts';
import { regardless, writtenTable, type WrittenTable } from '../../inbound/rows/written-table.ts';
import { SalesforceFault, type OrgObject, type SalesforceOrgs } from '../../salesforce/org.ts';
import { consentReader, refuseConsents } from '../../inbound/files/consent-columns.ts';
import { targetsOf } from '../../inbound/files/default-settings.ts';
import type { Import } from '../../inbound/files/imports.ts';
import { objectReader } from './object-records.ts';
import type { ImportTargets } from '../../inbound/files/routes.ts';
import { inspected } from '../../inbound/files/settings-route.ts';
import { tableReader } from '../../inbound/files/rows-of-file.ts';

/** Where files go, as the routes of imports ask for it. */
export function importTargets(orgs: SalesforceOrgs): ImportTargets {
  return {
    targetsOf: async (knex, given) => {
      if (given.target.kind === 'table')
        return { targets: targetsOf(await tableOf(knex, given)), described: null };
      const described = await describe(orgs, given.target.connectionId, given.target.object);
      const targets = described.fields.filter((field) => field.isCreateable || field.isUpdateable);
      return { targets, described };
    },
    fillable: async (knex, given) => {
      if (given.target.kind === 'table')
        // Those that Salesforce fills too: whoever sets overridesSalesforce may choose them.
        return targetsOf(regardless(await tableOf(knex, given))).map((target) => ({
          ...target,
          isExternalId: false,
        }));
      return (given.described?.fields ?? [])
        .filter((field) => field.isCreateable || field.isUpdateable || field.name === 'Id')
        .map(({ name, label, type, isExternalId }) => ({ name, label, type, isExternalId }));
    },
    // What the org said when the file came: nobody waits for an org within a transaction.
    check: async (knex, given) => {
      const { found, settings } = inspected(given);
      if (given.described) {
        refuseConsents(given.described.name, settings);
        objectReader(given.described, found, settings);
        return;
      }
      const table = await tableOf(knex, given);
      tableReader(table, found, settings);
      consentReader(table, await new OptIns(knex, given.projectId).list(), found, settings);
    },
  };
}

async function describe(orgs: SalesforceOrgs, connectionId: string, object: string): Promise<OrgObject> {
  try {
    return await (await orgs.open(connectionId, 'checks')).describe(object);
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error;
    throw unprocessable('object-not-described', `${object} could not be asked for: ${error.message}`);
  }
}

async function tableOf(knex: Knex, given: Import): Promise<WrittenTable> {
  const { target } = given;
  const projects = new Projects(knex, given.accountId);
  const project = await projects.findOpen(given.project);
  const built = (await projects.builtTables(project.id)).find(
    (table) => target.kind === 'table' && table.id === target.tableId,
  );
  if (!built) throw unprocessable('table-archived', `The table ${given.table ?? ''} is archived.`);
  return writtenTable(knex, project, built);
}
