import type { Knex } from 'knex';
import { newSecret } from '../../access/secrets.ts';
import { quoteIdentifier, quoteLiteral } from '../../database/identifiers.ts';
import { scramVerifier } from '../../database/scram.ts';
import { sqlState } from '../../database/sql-state.ts';
import { conflict, unprocessable } from '../../http/problem.ts';
import type { Project } from '../../projects/projects.ts';

/** Seconds that a transaction of a reader may take, and connections that readers of a project share. */
export const READER_SECONDS = 60;
const CONNECTIONS = 5;

export const roleName = (project: Pick<Project, 'schemaName'>): string => `${project.schemaName}_reader`;

/** What a new reader is given, and what this database lets it do beyond reading. */
export interface SqlRole {
  readonly role: string;
  readonly password: string;
  /** What the server's database user may not take away, each with the statement that does. */
  readonly warnings: readonly string[];
}

/**
 * A role of the database that reads the project's tables and nothing else, for people who write SQL. Its password is made
 * anew with each call and kept nowhere; whoever is connected with the one before is cut off. To be called in a transaction.
 */
export async function grantSqlRole(knex: Knex, project: Project): Promise<SqlRole> {
  const role = roleName(project);
  const name = quoteIdentifier(role);
  const schema = quoteIdentifier(project.schemaName);
  const password = newSecret();
  const isThere = await hasRole(knex, role);
  const attributes = `LOGIN NOINHERIT CONNECTION LIMIT ${CONNECTIONS} PASSWORD ${quoteLiteral(await scramVerifier(password))}`;
  await run(knex, [
    // What nobody but a superuser may say of a role is what a new one is anyway: no superuser, no roles, no databases.
    `${isThere ? 'ALTER' : 'CREATE'} ROLE ${name} ${attributes}`,
    membership(name),
    ...(await settingStatements(knex, role, project.schemaName)),
    `GRANT USAGE ON SCHEMA ${schema} TO ${name}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${name}`,
    // Tables of later builds too.
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${name}`,
  ]);
  for (const { statement } of CLOSED) await attempt(knex, await statement(knex));
  if (isThere) await endSessions(knex, role);
  return { role, password, warnings: await warningsOf(knex, role) };
}

/** What a role is told at its log-in beside its search path. It may change that for itself; `reader-watch.ts` puts it back. */
export const READER_SETTINGS: Readonly<Record<string, string>> = {
  default_transaction_read_only: 'on',
  statement_timeout: `${READER_SECONDS}s`,
  idle_in_transaction_session_timeout: `${READER_SECONDS}s`,
};

/** Gives a role its settings, and no others. */
export async function settingStatements(knex: Knex, role: string, schemaName: string): Promise<string[]> {
  const name = quoteIdentifier(role);
  return [
    `ALTER ROLE ${name} RESET ALL`,
    `ALTER ROLE ${name} IN DATABASE ${quoteIdentifier(await databaseName(knex))} RESET ALL`,
    ...Object.entries(READER_SETTINGS).map(
      ([setting, value]) => `ALTER ROLE ${name} SET ${setting} = ${quoteLiteral(value)}`,
    ),
    `ALTER ROLE ${name} SET search_path = ${quoteIdentifier(schemaName)}`,
  ];
}

/** Whether the project has its role. */
export async function hasSqlRole(knex: Knex, project: Project): Promise<boolean> {
  return hasRole(knex, roleName(project));
}

/** Takes the role away, and cuts off whoever is connected with it. To be called in a transaction. */
export async function revokeSqlRole(knex: Knex, project: Project): Promise<void> {
  const role = roleName(project);
  const name = quoteIdentifier(role);
  if (!(await hasRole(knex, role)))
    throw unprocessable('no-sql-role', `The project ${project.code} has no SQL role.`);
  await run(knex, [membership(name), `ALTER ROLE ${name} NOLOGIN`]);
  await endSessions(knex, role);
  await run(knex, [`DROP OWNED BY ${name}`, `DROP ROLE ${name}`]);
}

/**
 * The server's user becomes a member of the role: to end its sessions, to drop what it owns, and to back up what a reader
 * leaves behind. It gains nothing by it, since it owns all that the role may read.
 */
const membership = (name: string): string => `GRANT ${name} TO CURRENT_USER`;

/**
 * What PostgreSQL lets every role do, and a reader need not. Only the owner of the database may take back temporary tables,
 * only a superuser the rest; `isOpen` asks what stands after the attempt.
 */
const CLOSED: readonly {
  readonly what: string;
  readonly statement: (knex: Knex) => Promise<string>;
  readonly isOpen: string;
}[] = [
  {
    what: 'make temporary tables',
    statement: async (knex) =>
      `REVOKE TEMPORARY ON DATABASE ${quoteIdentifier(await databaseName(knex))} FROM PUBLIC`,
    isOpen: `has_database_privilege($1, current_database(), 'TEMPORARY')`,
  },
  {
    what: 'make large objects',
    statement: () =>
      Promise.resolve(
        'REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC',
      ),
    isOpen: `has_function_privilege($1, 'pg_catalog.lo_create(oid)', 'EXECUTE')`,
  },
  {
    what: 'make tables in the schema public',
    statement: () => Promise.resolve('REVOKE CREATE ON SCHEMA public FROM PUBLIC'),
    isOpen: `to_regnamespace('public') IS NOT NULL AND has_schema_privilege($1, to_regnamespace('public')::oid, 'CREATE')`,
  },
];

async function databaseName(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>('SELECT current_database() AS name');
  return rows[0]?.name ?? '';
}

async function warningsOf(knex: Knex, role: string): Promise<string[]> {
  const warnings: string[] = [];
  for (const { what, statement, isOpen } of CLOSED) {
    const { rows } = await knex.raw<{ rows: { open: boolean }[] }>(
      `SELECT ${isOpen.replace('$1', '?')} AS open`,
      [role],
    );
    if (rows[0]?.open === true)
      warnings.push(
        `The role may still ${what}, as every role of this database. Have its administrator run: ${await statement(knex)};`,
      );
  }
  return warnings;
}

/** Runs what this database user may not be allowed to; the transaction goes on either way. */
async function attempt(knex: Knex, statement: string): Promise<void> {
  await knex.raw('SAVEPOINT attempt');
  try {
    await knex.raw(statement);
    await knex.raw('RELEASE SAVEPOINT attempt');
  } catch (error) {
    await knex.raw('ROLLBACK TO SAVEPOINT attempt');
    // No such schema or function, and no right to say so.
    if (!['42501', '3F000', '42883'].includes(sqlState(error) ?? '')) throw error;
  }
}

async function endSessions(knex: Knex, role: string): Promise<void> {
  await knex.raw('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?', [role]);
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
    // insufficient_privilege: a managed database may keep roles to itself, or somebody else made this one.
    if (sqlState(error) === '42501')
      throw conflict(
        'sql-role-not-permitted',
        'The database user of DI Connect may not do this with roles: grant it CREATEROLE, and where somebody else made the role, GRANT it to that user WITH ADMIN OPTION. The operator guide says how to do it by hand.',
      );
    throw error;
  }
}
