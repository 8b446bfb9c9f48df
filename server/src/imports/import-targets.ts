import type { Knex } from 'knex';
import { unprocessable } from '../http/problem.ts';
import { Projects } from '../projects/projects.ts';
import { writtenTable, type WrittenTable } from '../rows/written-table.ts';
import { targetsOf } from './default-settings.ts';
import type { Import } from './imports.ts';
import { inspected, type ImportTargets } from './routes.ts';
import { tableReader } from './table-rows.ts';

/** Where files go, as the routes of imports ask for it. */
export function importTargets(): ImportTargets {
  return {
    targetsOf: async (knex, given) => targetsOf(await tableOf(knex, given)),
    check: async (knex, given) => {
      const { found, settings } = inspected(given);
      tableReader(await tableOf(knex, given), found, settings);
    },
  };
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
