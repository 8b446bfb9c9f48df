import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import { unprocessable } from '../http/problem.ts';
import { holdsAddress } from '../persons/find-contacts.ts';
import { referredValues, refersTo } from '../persons/other-rows.ts';
import {
  placed,
  type Erased,
  type KeptPlace,
  type OtherRows,
  type Person,
  type PersonPart,
  type Place,
} from '../persons/person.ts';
import type { BuiltTable } from '../projects/tables.ts';
import type { RecordKey } from '../records/record-identities.ts';
import { hasKey, keyFields } from '../records/record-keys.ts';

/** Rows of a project's tables: of the contacts, and of other tables that are theirs. */
export const personRows: PersonPart = {
  name: 'rows',
  tables: ['tombstone', 'duplicate_row'],
  export: exportRows,
  erase: eraseRows,
};

async function exportRows(session: Session, person: Person): Promise<unknown> {
  const tables = [{ table: person.table, keys: person.contacts.map(({ key }) => key) }, ...person.others];
  const shown = [];
  for (const { table, keys } of tables)
    shown.push({ table: table.code, rows: await rowsOf(session, person, table, keys) });
  return shown;
}

async function rowsOf(
  session: Session,
  { project }: Person,
  table: BuiltTable,
  keys: readonly RecordKey[],
): Promise<unknown[]> {
  return session.query(`SELECT r.* FROM ${withKeys(project.schemaName, table)}`, [JSON.stringify(keys)]);
}

/** Rows of some keys, as `r`; the keys are $1. */
function withKeys(schemaName: string, table: BuiltTable): string {
  return `jsonb_array_elements($1::jsonb) AS k (record_key)
     JOIN ${quoteTable(schemaName, table.code)} r ON ${hasKey(keyFields(table), 'r', 'k.record_key')}`;
}

async function eraseRows(session: Session, person: Person): Promise<Erased> {
  const erased: Place[] = [];
  const kept: KeptPlace[] = [];
  // What refers to the contact is told by the contact's row: other tables go first.
  for (const other of person.others) {
    const { code } = other.table;
    if (other.fate === 'delete')
      erased.push(...placed('rows', await deleteRows(session, person, other.table, other.keys), code));
    else if (other.fate === 'blank')
      erased.push(...placed('values', await blankRows(session, person, other), code));
    else kept.push(keptRows(other));
  }
  const keys = person.contacts.map(({ key }) => key);
  erased.push(...placed('rows', await deleteRows(session, person, person.table, keys), person.table.code));
  erased.push(...placed('duplicates', await forgetDuplicates(session, person)));
  const buried = await bury(session, person);
  if (buried > 0)
    kept.push({
      place: 'tombstones',
      table: null,
      count: buried,
      code: 'against-return',
      reason:
        'Ids of Salesforce records, so that the next batch or pull does not bring back what has not changed since.',
    });
  return { erased, kept };
}

function keptRows({ table: { code: table }, keys, fate }: OtherRows): KeptPlace {
  const held = `Rows of ${table} refer to the person or hold an address`;
  return fate === 'keep'
    ? {
        place: 'rows',
        table,
        count: keys.length,
        code: 'kept-as-asked',
        reason: `${held}, and are kept as asked.`,
      }
    : {
        place: 'rows',
        table,
        count: keys.length,
        code: 'undecided',
        reason: `${held}: say delete, blank or keep.`,
      };
}

async function deleteRows(
  session: Session,
  { project }: Person,
  table: BuiltTable,
  keys: readonly RecordKey[],
): Promise<number> {
  const gone = await session.query(
    `DELETE FROM ${quoteTable(project.schemaName, table.code)} r USING jsonb_array_elements($1::jsonb) AS k (record_key)
     WHERE ${hasKey(keyFields(table), 'r', 'k.record_key')} RETURNING 1`,
    [JSON.stringify(keys)],
  );
  return gone.length;
}

/** Empties the columns by which rows of another table name the person; the rest of them stays, and is not sent anywhere. */
async function blankRows(session: Session, person: Person, other: OtherRows): Promise<number> {
  const { table, keys } = other;
  const fields = table.fields.filter((field) => other.columns.includes(field.name));
  const values = await referredValues(session, person);
  const given = fields.map((field) => values.get(field.reference?.column ?? '') ?? []);
  const names = fields.map((field, index) =>
    field.reference?.table === person.table.code
      ? refersTo(person.table, field, `$${index + 3}`)
      : `$${index + 3}::text[] IS NOT NULL AND ${holdsAddress(`r.${quoteIdentifier(field.name)}`, '$2::text[]')}`,
  );
  const bound = [JSON.stringify(keys), person.addresses, ...given];
  await refuseFirm(session, person, other, names, bound);
  const before = await deliveriesOf(session, table.id, keys);
  const sets = fields.map((field, index) => {
    const column = quoteIdentifier(field.name);
    return `${column} = CASE WHEN ${names[index] ?? 'false'} THEN NULL ELSE r.${column} END`;
  });
  const blanked = await session.query(
    `UPDATE ${quoteTable(person.project.schemaName, table.code)} r SET ${sets.join(', ')}, "_changed_at" = now()
     FROM jsonb_array_elements($1::jsonb) AS k (record_key)
     WHERE $2::text[] IS NOT NULL AND ${hasKey(keyFields(table), 'r', 'k.record_key')} RETURNING 1`,
    bound,
  );
  const noted = await deliveriesOf(session, table.id, keys);
  await session.query('DELETE FROM di.delivery WHERE id = ANY($1::bigint[])', [
    noted.filter((id) => !before.includes(id)),
  ]);
  return blanked.length;
}

/** A column of the primary key, or one that takes no null, cannot be emptied. Throws a 422 problem that names it. */
async function refuseFirm(
  session: Session,
  { project }: Person,
  { table, columns }: OtherRows,
  names: readonly string[],
  bound: readonly unknown[],
): Promise<void> {
  const fields = table.fields.filter((field) => columns.includes(field.name));
  const counts = names.map((condition) => `count(*) FILTER (WHERE ${condition})`);
  const [found] = await session.query<{ counts: number[] }>(
    `SELECT ARRAY[${counts.join(', ')}] AS counts FROM ${withKeys(project.schemaName, table)} WHERE $2::text[] IS NOT NULL`,
    bound,
  );
  for (const [index, field] of fields.entries())
    if ((field.required || table.primaryKey.includes(field.name)) && (found?.counts[index] ?? 0) > 0)
      throw unprocessable(
        'cannot-be-blank',
        `${table.code}.${field.name} cannot be empty, and ${found?.counts[index] ?? 0} rows name the person in it: choose delete or keep for ${table.code}.`,
        { table: table.code, column: field.name },
      );
}

async function deliveriesOf(
  session: Session,
  tableId: string,
  keys: readonly RecordKey[],
): Promise<number[]> {
  const rows = await session.query<{ id: number }>(
    `SELECT d.id FROM jsonb_array_elements($2::jsonb) AS k (record_key)
     JOIN di.record_identity i ON i.table_id = $1::uuid AND i.record_key = k.record_key
     JOIN di.delivery d ON d.identity_id = i.id`,
    [tableId, JSON.stringify(keys)],
  );
  return rows.map((row) => row.id);
}

/** That rows which are gone stood double. */
async function forgetDuplicates(session: Session, { table, keys, others }: Person): Promise<number> {
  const going = [{ table, keys }, ...others.filter(({ fate }) => fate === 'delete')];
  let forgotten = 0;
  for (const rows of going) {
    const gone = await session.query(
      `DELETE FROM di.duplicate_row d USING jsonb_array_elements($2::jsonb) AS k (record_key)
       WHERE d.table_id = $1::uuid AND d.record_key = k.record_key RETURNING 1`,
      [rows.table.id, JSON.stringify(rows.keys)],
    );
    forgotten += gone.length;
  }
  return forgotten;
}

/** Of records whose rows are gone, an older version that comes is not taken. */
async function bury(session: Session, { records }: Person): Promise<number> {
  const pairs = records.flatMap(({ tableId, ids }) => ids.map((id) => ({ tableId, id })));
  const buried = await session.query(
    `INSERT INTO di.tombstone AS t (table_id, salesforce_id, deleted_at, is_erasure)
     SELECT table_id, id, now(), true FROM unnest($1::uuid[], $2::text[]) AS u (table_id, id) ORDER BY 1, 2
     ON CONFLICT (table_id, salesforce_id)
       DO UPDATE SET deleted_at = greatest(t.deleted_at, EXCLUDED.deleted_at), is_erasure = true
     RETURNING 1`,
    [pairs.map(({ tableId }) => tableId), pairs.map(({ id }) => id)],
  );
  return buried.length;
}
