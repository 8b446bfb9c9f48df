import type { Knex } from 'knex';
import { z } from 'zod';
import type { ConsentKeys } from '../consent/consent-keys.ts';
import { restoreOptOuts } from '../consent/returning-persons.ts';
import { quoteIdentifier, quoteLiteral } from '../database/identifiers.ts';
import { knexSession } from '../database/session.ts';
import { isRefusedRow, sqlState } from '../database/sql-state.ts';
import { badRequest, conflict, notFound, unprocessable } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { refusedRow } from '../ingest/refused-row.ts';
import { sqlType } from '../projects/field-types.ts';
import { SYSTEM_COLUMN_NAMES } from '../projects/system-columns.ts';
import { moveIdentity, type RecordKey } from '../records/record-identities.ts';
import { overridesSalesforce } from './post-rows.ts';
import { filledBySalesforce, RowReader, type GivenRow, type Rejected } from './read-row.ts';
import { returningAmong } from './returning-rows.ts';
import { openTable, regardless, type WrittenTable } from './written-table.ts';

/** Changes one row, its key too. */
export function patchRow(keys: ConsentKeys): Route {
  return accountEndpoint({
    method: 'patch',
    path: '/v1/admin/projects/{project}/tables/{table}/rows/{key}',
    scope: 'rows:write',
    tag: 'Rows',
    summary: 'Changes one row, its primary key too',
    description:
      'The key in the path is the value of the primary key; of a key of several columns, a JSON list of the values in their order. With its key, a row takes along who it is: consent and what Salesforce knows it by.',
    params: z.strictObject({ project: z.string(), table: z.string(), key: z.string().max(10_000) }),
    query: z.strictObject({
      overridesSalesforce: z
        .enum(['true', 'false'])
        .default('false')
        .transform((text) => text === 'true')
        .meta(overridesSalesforce.meta() ?? {}),
    }),
    body: z
      .record(z.string(), z.unknown())
      .refine((row) => Object.keys(row).length > 0, 'say what to change'),
    answer: { schema: z.object({ row: z.record(z.string(), z.unknown()) }) },
    handle: async ({ knex, caller, params, query, body, audit }) => {
      // A row that moves is nobody else's meanwhile.
      const opened = await openTable(knex, caller.accountId, params, 'alone');
      const table = query.overridesSalesforce ? regardless(opened.table) : opened.table;
      const key = readPathKey(table, params.key);
      const returning = await returningAmong(knexSession(knex), keys, table, changedRow(table, key, body));
      const row = await change(knex, table, key, body);
      await restoreOptOuts(knexSession(knex), table, returning);
      audit({
        action: 'row.changed',
        subject: `${params.project}/${params.table}`,
        detail: { columns: Object.keys(body) },
      });
      return { row };
    },
  });
}

/** The row as it is about to be, as far as the change speaks of it. */
function changedRow(
  table: WrittenTable,
  key: readonly string[],
  given: GivenRow,
): Parameters<typeof returningAmong>[3] {
  const whole = { ...keyByColumn(table, key), ...given };
  const reader = new RowReader(table);
  const columns = reader.columnsOf([whole]);
  const read = reader.read(columns, whole);
  return { columns, rows: 'outcome' in read ? [] : [read] };
}

const keyByColumn = (table: WrittenTable, key: readonly string[]): GivenRow =>
  Object.fromEntries(table.key.map((field, index) => [field.name, key[index]]));

function readPathKey(table: WrittenTable, text: string): string[] {
  const values: readonly unknown[] = table.key.length === 1 ? [text] : listOf(text, table.key.length);
  const given = Object.fromEntries(table.key.map((field, index) => [field.name, values[index]]));
  const key = new RowReader(table).readKey(given);
  if (!Array.isArray(key)) throw unprocessable(key.code, key.message, { column: key.column });
  return key;
}

function listOf(text: string, length: number): readonly unknown[] {
  try {
    return z.array(z.unknown()).length(length).parse(JSON.parse(text));
  } catch {
    throw badRequest('invalid-path', `The key in the path is a JSON list of ${length} values.`);
  }
}

async function change(
  knex: Knex,
  table: WrittenTable,
  key: readonly string[],
  given: GivenRow,
): Promise<Record<string, unknown>> {
  const values = readChange(table, key, given);
  const set = values.map(
    ([name, type], index) => `${quoteIdentifier(name)} = $${key.length + index + 1}::${type}`,
  );
  const at = table.key.map(
    (field, index) => `${quoteIdentifier(field.name)} = $${index + 1}::${sqlType(field)}`,
  );
  const shown = [...table.fields.map((field) => field.name), ...SYSTEM_COLUMN_NAMES];
  const session = knexSession(knex);
  const keys = keyObject(table);
  const from = await session.query<{ key: RecordKey }>(
    `SELECT ${keys} AS key FROM ${table.name} r WHERE ${at.join(' AND ')}`,
    key,
  );
  const [before] = from;
  if (!before) throw notFound(`row ${keyShown(key)} in ${table.code}`);
  const rows = await session
    .query<Record<string, unknown> & { _key: RecordKey }>(
      `UPDATE ${table.name} r SET ${[...set, '"_changed_at" = now()'].join(', ')} WHERE ${at.join(' AND ')}
       RETURNING ${shown.map((name) => `r.${quoteIdentifier(name)}`).join(', ')}, ${keys} AS _key`,
      [...key, ...values.map(([, , value]) => value)],
    )
    .catch((error: unknown) => {
      throw refusal(table, error);
    });
  const [changed] = rows;
  if (!changed) throw notFound(`row ${keyShown(key)} in ${table.code}`);
  const { _key: after, ...row } = changed;
  if (!(await moveIdentity(knex, table.id, { from: before.key, to: after })))
    throw conflict(
      'key-of-another',
      'The new key is that of somebody who has given or withdrawn consent before, and whose row is gone. Two persons are not made one by a change of key.',
    );
  return row;
}

/** Column, type in SQL and value of all that is to be changed. Throws the first fault as a 422 problem. */
function readChange(
  table: WrittenTable,
  key: readonly string[],
  given: GivenRow,
): (readonly [name: string, type: string, value: string | null])[] {
  const reader = new RowReader(table);
  const whole = { ...keyByColumn(table, key), ...given };
  const columns = reader.columnsOf([whole]);
  const read = reader.read(columns, whole);
  if ('outcome' in read) throw refused(read);
  return columns.flatMap((field, index) => {
    const value = read[index];
    if (value === undefined || !Object.hasOwn(given, field.name)) return [];
    const isMoved = table.key.includes(field) && value !== key[table.key.indexOf(field)];
    if (table.isOwnedBySalesforce && isMoved) throw refused(filledBySalesforce(field.name));
    return [[field.name, sqlType(field), value] as const];
  });
}

function refused({ code, column, message }: Rejected): Error {
  return unprocessable(code, message, { column });
}

/** The primary key of a row as identities know it. */
function keyObject(table: WrittenTable): string {
  const members = table.key.map((field) => `${quoteLiteral(field.name)}, r.${quoteIdentifier(field.name)}`);
  return `jsonb_build_object(${members.join(', ')})`;
}

function refusal(table: WrittenTable, error: unknown): unknown {
  if (!isRefusedRow(error)) return error;
  const { code, field, message } = refusedRow(table.fields, error);
  if (sqlState(error) === '23505' && field === null)
    return conflict('row-exists', 'There is a row of the new key already.');
  return unprocessable(code, message, { column: field?.name ?? null });
}

const keyShown = (key: readonly string[]): string => key.join(', ');
