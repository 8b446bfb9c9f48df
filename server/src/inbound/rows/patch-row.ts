import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { ConsentKeys } from '../../consent/consent-keys.ts';
import { restoreOptOuts } from '../../consent/returning-persons.ts';
import { quoteIdentifier } from '../../database/identifiers.ts';
import { knexSession, type Session } from '../../database/session.ts';
import { isRefusedRow, sqlState } from '../../database/sql-state.ts';
import { anyMembers, lookupName } from '../../http/inputs.ts';
import { badRequest, conflict, notFound, unprocessable } from '../../http/problem.ts';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { refusedRow } from '../batches/refused-row.ts';
import { parseExactly } from '../../values/exact-numbers.ts';
import { sqlType } from '../../values/field-types.ts';
import { SHOWN_SYSTEM_COLUMNS } from '../../projects/system-columns.ts';
import { areTwoPersons, followMovedRecords } from '../../records/follow-changed-keys.ts';
import type { MovedRecord, RecordKey } from '../../people/record-identities.ts';
import { keyObject } from '../../people/record-keys.ts';
import { seatRivals } from '../../records/seat-rivals.ts';
import { overridesSalesforce } from './post-rows.ts';
import { filledBySalesforce, RowReader, type GivenRow, type Rejected } from './read-row.ts';
import { readRowKeys } from './read-row-keys.ts';
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
      'The key in the path is the value of the primary key; of a key of several columns, a JSON list of the values in their order. With its key, a row takes along who it is: consent and what Salesforce knows it by. Where other records of its old key wait, the best of them has a row of its own then.',
    params: z.strictObject({ project: lookupName, table: lookupName, key: z.string().max(10_000) }),
    query: z.strictObject({
      overridesSalesforce: z
        .enum(['true', 'false'])
        .default('false')
        .transform((text) => text === 'true')
        .meta(overridesSalesforce.meta() ?? {}),
    }),
    body: anyMembers.refine((row) => Object.keys(row).length > 0, 'say what to change'),
    answer: { schema: z.object({ row: z.record(z.string(), z.unknown()) }) },
    handle: async ({ knex, caller, params, query, body, audit }) => {
      // A row that moves is nobody else's meanwhile.
      const opened = await openTable(knex, caller.accountId, params, 'exclusive');
      const table = query.overridesSalesforce ? regardless(opened.table) : opened.table;
      const key = await readPathKey(knexSession(knex), table, params.key);
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

async function readPathKey(session: Session, table: WrittenTable, text: string): Promise<readonly string[]> {
  const values: readonly unknown[] = table.key.length === 1 ? [text] : listOf(text, table.key.length);
  const given = Object.fromEntries(table.key.map((field, index) => [field.name, values[index]]));
  const [key] = await readRowKeys(session, table, [given]);
  if (key && !('outcome' in key)) return key;
  throw unprocessable(key?.code ?? 'invalid-key', key?.message ?? 'No key was given.', {
    column: key?.column ?? null,
  });
}

function listOf(text: string, length: number): readonly unknown[] {
  try {
    return z.array(z.unknown()).length(length).parse(parseExactly(text));
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
  const session = knexSession(knex);
  const values = readChange(table, key, given);
  const moved = await moveOf(session, table, key, values);
  if (await areTwoPersons(session, table.id, moved))
    throw conflict(
      'key-of-another',
      'The new key is that of somebody else whose row is gone: one who has given or withdrawn consent, or has a record in Salesforce, as the one who would take it. Two persons are not made one by a change of key.',
    );
  const set = values.map(({ column, place }) => `${column} = ${place}`);
  const shown = [...table.fields.map((field) => field.name), ...SHOWN_SYSTEM_COLUMNS];
  const [row] = await session
    .query<Record<string, unknown>>(
      `UPDATE ${table.name} r SET ${[...set, '"_changed_at" = now()'].join(', ')} WHERE ${atKey(table)}
       RETURNING ${shown.map((name) => `r.${quoteIdentifier(name)}`).join(', ')}`,
      [...key, ...values.map(({ value }) => value)],
    )
    .catch((error: unknown) => {
      throw refusal(table, error);
    });
  if (!row) throw notFound(`row ${keyShown(key)} in ${table.code}`);
  if (!isDeepStrictEqual(moved.from, moved.to)) {
    await followMovedRecords(session, table.id, [moved]);
    await seatRivals(session, { ...table, primaryKey: table.key.map(({ name }) => name) }, moved);
  }
  return row;
}

/** In SQL, the row of the key in the path. */
const atKey = (table: WrittenTable): string =>
  table.key
    .map((field, index) => `r.${quoteIdentifier(field.name)} = $${index + 1}::${sqlType(field)}`)
    .join(' AND ');

/** The key of a row, and the one that it is about to have. Throws a 404 problem where there is no such row. */
async function moveOf(
  session: Session,
  table: WrittenTable,
  key: readonly string[],
  values: readonly ChangedValue[],
): Promise<MovedRecord> {
  const next = (name: string): string => values.find((value) => value.name === name)?.place ?? '';
  const isChanged = (name: string): boolean => next(name) !== '';
  const [found] = await session.query<{ from: RecordKey; to: RecordKey }>(
    `SELECT ${keyObject(table.key, ({ name }) => `r.${quoteIdentifier(name)}`)} AS "from",
       ${keyObject(table.key, ({ name }) => (isChanged(name) ? next(name) : `r.${quoteIdentifier(name)}`))} AS "to"
     FROM ${table.name} r WHERE ${atKey(table)}`,
    [...key, ...values.map(({ value }) => value)],
  );
  if (!found) throw notFound(`row ${keyShown(key)} in ${table.code}`);
  return found;
}

/** A column that is to be changed. */
interface ChangedValue {
  readonly name: string;
  /** As SQL takes it. */
  readonly column: string;
  /** Where the value is bound, behind those of the key in the path. */
  readonly place: string;
  readonly value: string | null;
}

/** All that is to be changed. Throws the first fault as a 422 problem. */
function readChange(table: WrittenTable, key: readonly string[], given: GivenRow): readonly ChangedValue[] {
  const reader = new RowReader(table);
  const whole = { ...keyByColumn(table, key), ...given };
  const columns = reader.columnsOf([whole]);
  const read = reader.read(columns, whole);
  if ('outcome' in read) throw refused(read);
  const changed = columns.flatMap((field, index) => {
    const value = read[index];
    if (value === undefined || !Object.hasOwn(given, field.name)) return [];
    const isMoved = table.key.includes(field) && value !== key[table.key.indexOf(field)];
    if (table.isOwnedBySalesforce && isMoved) throw refused(filledBySalesforce(field.name));
    return [{ field, value }];
  });
  return changed.map(({ field, value }, index) => ({
    name: field.name,
    column: quoteIdentifier(field.name),
    place: `$${key.length + index + 1}::${sqlType(field)}`,
    value,
  }));
}

function refused({ code, column, message }: Rejected): Error {
  return unprocessable(code, message, { column });
}

function refusal(table: WrittenTable, error: unknown): unknown {
  if (!isRefusedRow(error)) return error;
  const { code, field, message } = refusedRow(table.fields, error);
  if (sqlState(error) === '23505' && field === null)
    return conflict('row-exists', 'There is a row of the new key already.');
  return unprocessable(code, message, { column: field?.name ?? null });
}

const keyShown = (key: readonly string[]): string => key.join(', ');
