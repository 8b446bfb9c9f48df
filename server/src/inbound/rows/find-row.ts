import type { Knex } from 'knex';
import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { knexSession, type Session } from '../../database/session.ts';
import { anyMembers, lookupName } from '../../http/inputs.ts';
import { notFound, unprocessable } from '../../http/problem.ts';
import { withNames, type FoundRow, type Place } from '../../people/found-rows.ts';
import { identitiesOf, type RecordKey } from '../../people/record-identities.ts';
import { hasKey, keyFields, keyObject } from '../../people/record-keys.ts';
import { rowsOfAddresses } from '../../people/same-address.ts';
import { addressColumns, nameIn } from '../../people/searched-columns.ts';
import { readKeys } from '../../people/stored-keys.ts';
import { Projects, type Project } from '../../projects/projects.ts';
import { SHOWN_SYSTEM_COLUMNS } from '../../projects/system-columns.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import {
  linkedRecords,
  linkedRecordSchema,
  rivalRecordSchema,
  rivalsOf,
} from '../../records/linked-records.ts';
import { Refusal } from '../../values/check-value.ts';
import { idSchema } from '../batches/batch-body.ts';
import { conflictSchema, listConflicts } from '../batches/conflict-routes.ts';
import { rowDeliveries, rowDeliverySchema } from './row-deliveries.ts';
import { historySchema, rowHistory } from './row-history.ts';
import { outdatedSchema, outdatedSince } from './why-outdated.ts';

/** Of each kind of what is known, the latest. */
const MAX_LISTED = 100;

const inTable = z.strictObject({ project: lookupName, table: lookupName });
const row = z.record(z.string(), z.unknown());
const whichSchema = z.strictObject({
  key: anyMembers.optional().meta({ description: 'The primary key, by column' }),
  record: idSchema.optional().meta({ description: 'The id of its record' }),
});
type Which = z.output<typeof whichSchema>;

const answer = z.object({
  name: z.string().nullable().meta({ description: 'What the person is called, by the row' }),
  row: row.nullable(),
  key: row.nullable().meta({ description: 'Its primary key, as consent and deliveries name it' }),
  outdated: outdatedSchema
    .nullable()
    .meta({ description: 'Since when the row shows an older version, as a later one was refused' }),
  records: z.array(linkedRecordSchema).meta({ description: 'Records in Salesforce' }),
  rivals: z
    .array(rivalRecordSchema)
    .meta({ description: 'Records with the same key, which wait for the row' }),
  others: z
    .array(
      z.object({
        table: z.string(),
        key: row,
        name: z.string().nullable(),
        address: z.string().nullable(),
        recordId: z.string().nullable(),
        isArchived: z.boolean(),
      }),
    )
    .meta({ description: 'Rows of the project with one of its addresses' }),
  isWhole: z.boolean().meta({ description: 'False where a table took too long to look for others' }),
  conflicts: z.array(conflictSchema),
  history: z.array(historySchema),
  deliveries: z
    .array(rowDeliverySchema)
    .meta({ description: 'For callers with deliveries:read; empty for others' }),
});

/** All that is known of one row. A key may be an address, and stands in a body: paths are logged. */
export function findRowRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/tables/{table}/rows/find',
    scope: 'rows:read',
    isReadOnly: true,
    tag: 'Rows',
    summary: 'One row, by its key or its record, with its records, rivals, conflicts and history',
    description: `Up to ${String(MAX_LISTED)} of each list, the latest first. Of a record that was deleted the history stays, as far back as batches are kept.`,
    params: inTable,
    body: whichSchema.refine(
      ({ key, record }) => (key === undefined) !== (record === undefined),
      'name the row either by key or by record',
    ),
    answer: { schema: answer },
    handle: async ({ knex, caller, params, body }) => {
      const projects = new Projects(knex, caller.accountId);
      const project = await projects.find(params.project);
      const table = await projects.builtTable(project, params.table);
      const tables = await projects.builtTables(project.id);
      const places = await withNames(
        knex,
        tables.map((each) => ({ project, table: each })),
      );
      const place = places.find((each) => each.table.id === table.id);
      if (!place) throw notFound(`table ${params.table} in this project`);
      const found = await findRow(knexSession(knex), place, body);
      const recordId = found?.recordId ?? body.record ?? null;
      const history = recordId === null ? [] : await rowHistory(knex, table.id, recordId, MAX_LISTED);
      if (found === null && history.length === 0) throw notFound(`this row in ${table.code}`);
      if (found === null) return { ...NOTHING, history };
      const deliveries = caller.scopes.has('deliveries:read')
        ? await rowDeliveries(knex, table.id, found.key)
        : [];
      return {
        ...(await knownOf(knex, project, table, found)),
        ...(await sameAs(knex, places, place, found)),
        history,
        deliveries,
      };
    },
  });
}

const NOTHING = {
  ...{ name: null, row: null, key: null, outdated: null, isWhole: true },
  ...{ records: [], rivals: [], others: [], conflicts: [], deliveries: [] },
} satisfies Partial<z.input<typeof answer>>;

interface Row {
  readonly key: RecordKey;
  readonly recordId: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A row with what is shown of it; null where there is none. Throws a 422 problem for what is no key. */
export async function findRow(
  session: Session,
  { project, table }: Pick<Place, 'project' | 'table'>,
  which: Which,
): Promise<Row | null> {
  const fields = keyFields(table);
  const columns = table.fields.filter((field) => field.isArchived !== true).map((field) => field.name);
  const shown = [...columns, ...SHOWN_SYSTEM_COLUMNS].map((name) => `r.${quoteIdentifier(name)}`);
  const own = keyObject(fields, (field) => `r.${quoteIdentifier(field.name)}`);
  const isMeant =
    which.key === undefined ? 'r."_salesforce_id" = $1' : hasKey(fields, 'r', '$1::text::jsonb');
  const value =
    which.key === undefined ? which.record : JSON.stringify(await namedKey(session, table, which.key));
  const [first] = await session.query<{ _key: RecordKey; _salesforce_id: string | null }>(
    `SELECT ${shown.join(', ')}, ${own} AS "_key" FROM ${quoteTable(project.schemaName, table.code)} r WHERE ${isMeant}`,
    [value],
  );
  if (!first) return null;
  const { _key: key, ...values } = first;
  return { key, values, recordId: values._salesforce_id };
}

async function namedKey(
  session: Session,
  table: BuiltTable,
  given: Readonly<Record<string, unknown>>,
): Promise<RecordKey> {
  const [key] = await readKeys(session, table.id, keyFields(table), [given]);
  if (key === undefined || key instanceof Refusal)
    throw unprocessable(key?.code ?? 'invalid-key', key?.message ?? 'No key was given.');
  return key;
}

async function knownOf(
  knex: Knex,
  project: Project,
  table: BuiltTable,
  { key, values, recordId }: Row,
): Promise<Pick<z.input<typeof answer>, 'row' | 'key' | 'outdated' | 'records' | 'rivals' | 'conflicts'>> {
  const session = knexSession(knex);
  const identities = await identitiesOf(session, table.id, [key]);
  return {
    row: values,
    key,
    outdated: recordId === null ? null : await outdatedSince(knex, table.id, recordId),
    records: await linkedRecords(session, table.id, recordId, identities),
    rivals: await rivalsOf(session, table.id, key, recordId),
    conflicts: await listConflicts(knex, project.id, { limit: MAX_LISTED, identities }),
  };
}

/** What the person is called, and rows that are theirs too, by an address. */
async function sameAs(
  knex: Knex,
  places: readonly Place[],
  { table, names }: Place,
  { key, values }: Row,
): Promise<{ name: string | null; others: Omit<FoundRow, 'project'>[]; isWhole: boolean }> {
  const addresses = addressColumns(table).flatMap((name) => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  const { rows, isWhole } = await rowsOfAddresses(knex, places, [...new Set(addresses)]);
  const isThis = (found: FoundRow): boolean =>
    found.table === table.code && JSON.stringify(found.key) === JSON.stringify(key);
  const others = rows.filter((found) => !isThis(found)).slice(0, MAX_LISTED);
  return {
    name: nameIn(names, values),
    others: others.map(({ project: _project, ...found }) => found),
    isWhole,
  };
}
