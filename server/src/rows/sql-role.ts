import type { Knex } from 'knex';
import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import { sqlState } from '../database/sql-state.ts';
import { newSecret } from '../auth/secrets.ts';
import { conflict, unprocessable } from '../http/problem.ts';
import type { Project } from '../projects/projects.ts';

/** Seconds that a statement of a reader may run, and connections that readers of a project share. */
const LIMITS = { statementTimeout: '60s', connections: 5 };

export const roleName = (project: Project): string => `${project.schemaName}_reader`;

/**
 * A role of the database that reads the project's tables and nothing else, for people who write SQL. Its password is made
 * anew with each call and kept nowhere.
 */
export async function grantSqlRole(
  knex: Knex,
  project: Project,
): Promise<{ role: string; password: string }> {
  const role = roleName(project);
  const password = newSecret();
  const name = quoteIdentifier(role);
  const schema = quoteIdentifier(project.schemaName);
  const isThere = await hasRole(knex, role);
  const statements = [
    `${isThere ? 'ALTER' : 'CREATE'} ROLE ${name} LOGIN PASSWORD ${quoteLiteral(password)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT ${LIMITS.connections}`,
    `ALTER ROLE ${name} SET default_transaction_read_only = on`,
    `ALTER ROLE ${name} SET statement_timeout = '${LIMITS.statementTimeout}'`,
    `ALTER ROLE ${name} SET search_path = ${schema}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${name}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${name}`,
    // Tables of later builds too.
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${name}`,
  ];
  await run(knex, statements);
  return { role, password };
}

/** Whether the project has its role. */
export async function hasSqlRole(knex: Knex, project: Project): Promise<boolean> {
  return hasRole(knex, roleName(project));
}

/** Takes the role away; whoever is connected with it is cut off at their next connection. */
export async function revokeSqlRole(knex: Knex, project: Project): Promise<void> {
  const role = roleName(project);
  if (!(await hasRole(knex, role)))
    throw unprocessable('no-sql-role', `The project ${project.code} has no SQL role.`);
  await run(knex, [`DROP OWNED BY ${quoteIdentifier(role)}`, `DROP ROLE ${quoteIdentifier(role)}`]);
}

async function hasRole(knex: Knex, role: string): Promise<boolean> {
  const found = await knex('pg_roles')
    .where({ rolname: role })
    .first<{ rolname: string } | undefined>('rolname');
  return found !== undefined;
}

async function run(knex: Knex, statements: readonly string[]): Promise<void> {
  try {
    for (const statement of statements) await knex.raw(statement);
  } catch (error) {
    if (sqlState(error) === '3F000')
      throw unprocessable('table-not-built', 'Build the tables of the project first.');
    // insufficient_privilege: a managed database may keep roles to itself.
    if (sqlState(error) === '42501')
      throw conflict(
        'sql-role-not-permitted',
        'The database user of DI Connect may not make roles: grant it CREATEROLE, or have the role made by hand as the operator guide says.',
      );
    throw error;
  }
}
