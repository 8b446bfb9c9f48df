import type { Knex } from 'knex';
import { z } from 'zod';
import type { PluginCaller } from '../../connections/plugin-caller.ts';
import type { Connection } from '../../connections/connections.ts';
import { openEndpoint, type Route } from '../../api/route.ts';
import { CONSENT_STATUSES } from '../../consent/consent-rules.ts';
import { consentsOf, type ContactConsent } from '../../consent/consents-of.ts';
import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { knexSession, type Session } from '../../database/session.ts';
import { lookupName, objectName } from '../../http/inputs.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { hasKey, keyFields, keyObject } from '../../people/record-keys.ts';
import { Projects, type Project } from '../../projects/projects.ts';
import { CONTACTS, type BuiltTable } from '../../projects/tables.ts';
import { transfersOfConnection } from '../../transfers/transfers.ts';
import { idSchema } from '../batches/batch-body.ts';
import { outdatedSchema, outdatedSince } from './why-outdated.ts';

/** Tables and opt-ins that one answer names at the most. */
const MAX_LISTED = 100;

const moment = z.iso.datetime();
const tableAnswer = z.object({
  table: lookupName,
  state: z.enum(['current', 'archived', 'rival']).meta({
    description:
      'Whether the record fills a row, one that is archived, or waits for the row of its primary key, which another record fills',
  }),
  version: moment.nullable().meta({ description: 'SystemModstamp of the record as DI has it' }),
  since: moment.nullable().meta({ description: 'When the row was archived, or the record began to wait' }),
  changedAt: moment.nullable().meta({ description: 'When the row was written last; null for a rival' }),
  filledBy: z.string().nullable().meta({ description: 'The record that fills the row of a rival' }),
  outdated: outdatedSchema
    .nullable()
    .meta({ description: 'Since when the row shows an older version, as a later one was refused' }),
});
const consentAnswer = z.object({
  optIn: lookupName,
  name: z.string(),
  status: z.enum(CONSENT_STATUSES).nullable().meta({ description: 'Null: never asked' }),
  changedAt: moment.nullable(),
  pendingUntil: moment.nullable(),
});

/** An org asks what is known of one of its records. */
export function getPluginRecord(authenticate: PluginCaller): Route {
  return openEndpoint({
    method: 'get',
    path: '/v1/plugin/objects/{object}/records/{id}',
    access: 'plugin',
    tag: 'Plugin',
    summary: 'The tables that a record is in, and what its person said of the opt-ins',
    description:
      'Looks into the tables that the connection has transfers of the object to. A record that is in none of them is answered with empty lists. Opt-ins are those of the person whose row in the contacts table the record fills, or waits for; archived ones are left out.',
    authenticate,
    params: z.strictObject({ object: objectName, id: idSchema }),
    answer: {
      schema: z.object({
        tables: z.array(tableAnswer).max(MAX_LISTED),
        consents: z.array(consentAnswer).max(MAX_LISTED),
      }),
    },
    handle: async ({ knex, caller: { connection }, params: { object, id } }) => {
      const project = await new Projects(knex, connection.accountId).findById(connection.projectId);
      const tables: z.input<typeof tableAnswer>[] = [];
      let person: Person | null = null;
      for (const table of await tablesOf(knex, connection, object)) {
        const place = await placeOf(knexSession(knex), project, table, id);
        if (!place) continue;
        tables.push({ ...shown(table, place), outdated: await outdatedSince(knex, table.id, id) });
        if (table.code === CONTACTS) person = { tableId: table.id, key: place.key };
      }
      return { tables, consents: person === null ? [] : await consents(knex, project, person) };
    },
  });
}

/** Whose consent is asked for. */
interface Person {
  readonly tableId: string;
  readonly key: RecordKey;
}

async function tablesOf(
  knex: Knex,
  connection: Pick<Connection, 'id' | 'accountId' | 'projectId'>,
  object: string,
): Promise<BuiltTable[]> {
  const transfers = await transfersOfConnection(knex, connection.id);
  const codes = new Set(
    transfers
      .filter((transfer) => transfer.object.toLowerCase() === object.toLowerCase())
      .map((transfer) => transfer.table),
  );
  const built = await new Projects(knex, connection.accountId).builtTables(connection.projectId);
  return built.filter((table) => codes.has(table.code)).slice(0, MAX_LISTED);
}

/** Where a record stands in a table: in its row, or waiting for one. */
interface Place {
  readonly key: RecordKey;
  readonly version: Date | null;
  readonly changed_at: Date | null;
  readonly archived_at: Date | null;
  readonly filled_by: string | null;
  readonly waits_since: Date | null;
}

async function placeOf(
  session: Session,
  project: Pick<Project, 'schemaName'>,
  table: BuiltTable,
  id: string,
): Promise<Place | undefined> {
  const key = keyFields(table);
  const rows = quoteTable(project.schemaName, table.code);
  const [place] = await session.query<Place>(
    `(SELECT ${keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`)} AS key, r."_source_modstamp" AS version,
        r."_changed_at" AS changed_at, r."_archived_at" AS archived_at, NULL AS filled_by, NULL::timestamptz AS waits_since
      FROM ${rows} r WHERE r."_salesforce_id" = $2::text LIMIT 1)
     UNION ALL
     (SELECT v.record_key, v.modstamp, NULL, NULL, r."_salesforce_id", v.seen_at
      FROM di.rival v JOIN ${rows} r
        ON ${hasKey(key, 'r', 'v.record_key')} AND r."_salesforce_id" <> v.salesforce_id AND r."_archived_at" IS NULL
      WHERE v.table_id = $1::uuid AND v.salesforce_id = $2::text AND v.away_at IS NULL)
     LIMIT 1`,
    [table.id, id],
  );
  return place;
}

function shown(table: Pick<BuiltTable, 'code'>, place: Place): Omit<z.input<typeof tableAnswer>, 'outdated'> {
  const isRival = place.waits_since !== null;
  return {
    table: table.code,
    state: isRival ? 'rival' : place.archived_at === null ? 'current' : 'archived',
    version: place.version?.toISOString() ?? null,
    since: (place.waits_since ?? place.archived_at)?.toISOString() ?? null,
    changedAt: place.changed_at?.toISOString() ?? null,
    filledBy: place.filled_by,
  };
}

async function consents(
  knex: Knex,
  project: Pick<Project, 'id'>,
  { tableId, key }: Person,
): Promise<Omit<ContactConsent, 'isArchived'>[]> {
  const all = await consentsOf(knex, project.id, tableId, key);
  return all
    .filter(({ isArchived }) => !isArchived)
    .slice(0, MAX_LISTED)
    .map(({ optIn, name, status, changedAt, pendingUntil }) => {
      return { optIn, name, status, changedAt, pendingUntil };
    });
}
