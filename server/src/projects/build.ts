import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { changingTables } from '../database/change-tables.ts';
import { lock } from '../database/locks.ts';
import { quoteIdentifier, unbound } from '../database/identifiers.ts';
import { unprocessable } from '../http/problem.ts';
import { planTable, type BuildStep, type PlannedStep } from './build-plan.ts';
import type { Project } from './projects.ts';
import { Tables, type TableDefinition } from './tables.ts';

/** What a build would do, or has done. */
export interface BuildResult {
  readonly steps: readonly BuildStep[];
  /** No step is refused. */
  readonly isPossible: boolean;
}

/** What else speaks of a project's tables, and goes along with a build, in its transaction. */
export interface BuildFollower {
  /** Columns of a table have other names: the new ones by the old ones. */
  readonly columnsRenamed?: (
    transaction: Knex,
    table: TableDefinition,
    names: ReadonlyMap<string, string>,
  ) => Promise<void>;
  /** A table is what it is defined to be; `built` still is what it was before. */
  readonly tableBuilt?: (transaction: Knex, project: Project, table: TableDefinition) => Promise<void>;
  readonly projectBuilt?: (transaction: Knex, project: Project) => Promise<void>;
}

/** What a build would do now; nothing is changed. */
export async function planBuild(knex: Knex, project: Project): Promise<BuildResult> {
  const tables = await new Tables(knex, project.id).list();
  checkReferences(tables);
  const steps = (await plansOf(knex, project, tables)).flatMap(({ plan }) => shown(plan));
  return { steps, isPossible: steps.every((step) => step.refusal === null) };
}

/**
 * Makes the real tables what their definitions say. Can be called again at any time. Nothing is done where anything would
 * lose data: a 422 problem then holds the whole plan with the reasons. Throws a 503 problem where the tables are in use.
 * Call it in a transaction.
 */
export function buildTables(
  transaction: Knex,
  project: Project,
  followers: readonly BuildFollower[],
): Promise<BuildResult> {
  return changingTables(transaction, project.schemaName, () => build(transaction, project, followers));
}

async function build(
  transaction: Knex,
  project: Project,
  followers: readonly BuildFollower[],
): Promise<BuildResult> {
  // One build of a project at a time; what refers to the project need not wait.
  await transaction.raw('SELECT FROM di.project WHERE id = ? FOR NO KEY UPDATE', [project.id]);
  await transaction.raw(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(project.schemaName)}`);
  const tables = await new Tables(transaction, project.id).list();
  checkReferences(tables);
  // Batches that run are waited for; those that come find a new version and read the table again.
  for (const table of tables) if (table.built !== null) await lock(transaction, table.id);
  const plans = await plansOf(transaction, project, tables);
  const steps = plans.flatMap(({ plan }) => shown(plan));
  refuse(steps);
  await carryOut(transaction, plans);
  for (const { table } of plans) {
    await keepBuilt(transaction, table, followers);
    for (const follower of followers) await follower.tableBuilt?.(transaction, project, table);
  }
  for (const follower of followers) await follower.projectBuilt?.(transaction, project);
  return { steps, isPossible: true };
}

interface TablePlan {
  readonly table: TableDefinition;
  readonly plan: readonly PlannedStep[];
}

async function plansOf(
  knex: Knex,
  project: Project,
  tables: readonly TableDefinition[],
): Promise<readonly TablePlan[]> {
  const taken = await takenNames(knex, project, tables);
  const plans: TablePlan[] = [];
  for (const table of tables)
    plans.push({ table, plan: await planTable(knex, { schemaName: project.schemaName, taken }, table) });
  return plans;
}

/** Names of a project's schema that no table of it can have: those of indexes, views, and what an operator made there. */
async function takenNames(
  knex: Knex,
  { schemaName }: Project,
  tables: readonly TableDefinition[],
): Promise<ReadonlySet<string>> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?
     UNION SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = ?`,
    [schemaName, schemaName],
  );
  const own = new Set(tables.map((table) => table.built?.code));
  return new Set(rows.map(({ name }) => name).filter((name) => !own.has(name)));
}

function refuse(steps: readonly BuildStep[]): void {
  const refused = steps.filter((step) => step.refusal !== null);
  if (refused.length > 0)
    throw unprocessable(
      'build-refused',
      `Nothing was built: ${refused.map((step) => `${step.table}.${step.field ?? ''}: ${step.refusal ?? ''}`).join(' ')}`,
      { steps },
    );
}

/** Every table lets go of the name that it loses before any takes a new one. */
async function carryOut(transaction: Knex, plans: readonly TablePlan[]): Promise<void> {
  const steps = plans.flatMap(({ plan }) => plan);
  const statements = [
    ...steps.flatMap((step) => step.sql),
    ...steps.flatMap((step) => step.afterwards ?? []),
  ];
  for (const statement of statements) await transaction.raw(unbound(statement));
}

function shown(steps: readonly BuildStep[]): BuildStep[] {
  return steps.map(({ table, action, field, detail, refusal }) => ({
    table,
    action,
    field,
    detail,
    refusal,
  }));
}

/** Keeps what was built, and lets those who name its columns follow renamed ones. */
async function keepBuilt(
  transaction: Knex,
  table: TableDefinition,
  followers: readonly BuildFollower[],
): Promise<void> {
  if (table.isArchived && table.built === null) return;
  const { code, primaryKey, built } = table;
  const wasBuilt = new Set(built?.fields.map((field) => field.id));
  const fields = table.fields.filter((field) => field.isArchived !== true || wasBuilt.has(field.id));
  await transaction('di.project_table')
    .where({ id: table.id })
    .update({
      built: JSON.stringify({ code, primaryKey, fields }),
      built_at: transaction.fn.now(),
      version: transaction.raw('version + 1'),
    });
  const renamed = new Map(
    fields.flatMap((field) => {
      const before = built?.fields.find((each) => each.id === field.id);
      return before && before.name !== field.name ? [[before.name, field.name] as const] : [];
    }),
  );
  if (renamed.size === 0) return;
  for (const follower of followers) await follower.columnsRenamed?.(transaction, table, renamed);
}

/** A reference names a table of the project by its only key. Throws a 422 problem otherwise. */
function checkReferences(tables: readonly TableDefinition[]): void {
  for (const table of tables)
    for (const { name, reference, isArchived } of table.fields) {
      if (reference === null || isArchived === true) continue;
      const target = tables.find((each) => each.code === reference.table);
      if (target?.primaryKey.length !== 1 || target.primaryKey[0] !== reference.column)
        throw unprocessable(
          'invalid-reference',
          say('projects.invalid-reference', {
            table: table.code,
            field: name,
            otherTable: reference.table,
            otherField: reference.column,
          }),
        );
    }
}
