import type { Knex } from 'knex';
import { changingTables } from '../database/change-tables.ts';
import { quoteIdentifier, quoteLiteral, quoteTable, unbound } from '../database/identifiers.ts';
import { sqlType } from '../projects/field-types.ts';
import type { Project } from '../projects/projects.ts';
import { CONSENT_VIEW, CONTACTS, type BuiltTable } from '../projects/tables.ts';
import { keyFields } from '../records/record-keys.ts';

/**
 * The view `consent` in the project's schema, for those who write SQL: the contact's key, the opt-in, what stands and since
 * when. Made with the first opt-in, and anew with each build, since keys can be renamed. Nothing is made where the tables
 * were not built, there is no opt-in, or a table of an older project has the name.
 */
export async function makeConsentView(
  knex: Knex,
  project: Pick<Project, 'id' | 'schemaName'>,
): Promise<void> {
  const tables = await knex('di.project_table')
    .where({ project_id: project.id })
    .whereNotNull('built')
    .select<{ built: Pick<BuiltTable, 'code' | 'primaryKey' | 'fields'> }[]>('built');
  const contacts = tables.find(({ built }) => built.code === CONTACTS)?.built;
  if (!contacts || tables.some(({ built }) => built.code === CONSENT_VIEW)) return;
  const optIn = await knex('di.opt_in')
    .where({ project_id: project.id })
    .first<{ id: string } | undefined>('id');
  if (!optIn) return;
  const view = quoteTable(project.schemaName, CONSENT_VIEW);
  // Columns of a view cannot be renamed in place. Whoever may read new tables of the schema may read the new view.
  await changingTables(knex, project.schemaName, async () => {
    await knex.raw(`DROP VIEW IF EXISTS ${view}`);
    await knex.raw(unbound(`CREATE VIEW ${view} AS ${selection(project.id, contacts)}`));
  });
}

/** Its own columns are named as those of the system: no field is. */
function selection(projectId: string, contacts: Pick<BuiltTable, 'primaryKey' | 'fields'>): string {
  const key = keyFields(contacts).map(
    (field) =>
      `(i.record_key->>${quoteLiteral(field.name)})::${sqlType(field)} AS ${quoteIdentifier(field.name)}`,
  );
  return `
    SELECT ${key.join(', ')}, o.code AS "_opt_in", c.status AS "_status", c.changed_at AS "_changed_at"
    FROM di.opt_in o
    JOIN di.consent c ON c.opt_in_id = o.id
    JOIN di.record_identity i ON i.id = c.identity_id
    WHERE o.project_id = ${quoteLiteral(projectId)}::uuid AND i.merged_into IS NULL`;
}
