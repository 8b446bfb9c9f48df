import type { Knex } from 'knex';
import { quoteIdentifier, quoteLiteral, quoteTable } from '../database/identifiers.ts';
import { knexSession, type Session } from '../database/session.ts';
import { Projects, type Project } from '../projects/projects.ts';
import { CONTACTS, type BuiltField, type BuiltTable } from '../projects/tables.ts';
import type { RecordKey } from '../people/record-identities.ts';
import { hasKey, keyFields } from '../people/record-keys.ts';

/** The table of a project's contacts, as consent sees it. */
export interface Contacts {
  readonly tableId: string;
  /** The table as SQL takes it. */
  readonly table: string;
  readonly key: readonly BuiltField[];
  /** The column of the address that is written to; null where there is none. */
  readonly address: BuiltField | null;
}

/** What is known of a key. */
export interface KnownContact {
  /** There is a row, or there once was one that said something of consent. */
  readonly isKnown: boolean;
  readonly address: string | null;
}

/** Throws a 422 problem where the tables were not built. */
export async function contactsOf(knex: Knex, accountId: string, project: Project): Promise<Contacts> {
  const table = await new Projects(knex, accountId).builtTable(project, CONTACTS);
  return contactsIn(project.schemaName, table);
}

export function contactsIn(schemaName: string, table: Omit<BuiltTable, 'name'>): Contacts {
  return {
    tableId: table.id,
    table: quoteTable(schemaName, table.code),
    key: keyFields(table),
    address: addressField(table),
  };
}

/** The first e-mail column: one of the primary key before others. */
export function addressField(table: Pick<BuiltTable, 'primaryKey' | 'fields'>): BuiltField | null {
  const emails = table.fields.filter((field) => field.type === 'email' && field.isArchived !== true);
  return emails.find((field) => table.primaryKey.includes(field.name)) ?? emails[0] ?? null;
}

/**
 * Keeps rows under their keys until the transaction ends. A row that moved between looking and recording would leave what
 * was recorded behind, with nobody to belong to.
 */
export async function holdContacts(
  session: Session,
  { table, key }: Contacts,
  keys: readonly RecordKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const columns = key.map((field) => `r.${quoteIdentifier(field.name)}`).join(', ');
  await session.query(
    `SELECT 1 FROM jsonb_array_elements($1::jsonb) AS k (record_key)
     JOIN ${table} r ON ${hasKey(key, 'r', 'k.record_key')}
     ORDER BY ${columns} FOR KEY SHARE OF r`,
    [JSON.stringify(keys)],
  );
}

/** What is known of keys, in their order. Each is looked up by the index, even where nobody has counted the tables yet. */
export async function findContacts(
  knex: Knex,
  contacts: Contacts,
  keys: readonly RecordKey[],
): Promise<KnownContact[]> {
  if (keys.length === 0) return [];
  const rows = await knexSession(knex).query<{ is_known: boolean; address: string | null }>(
    `SELECT r._changed_at IS NOT NULL OR i.id IS NOT NULL AS is_known, ${addressOf(contacts, 'r', 'k.record_key')} AS address
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS k (record_key, place)
     LEFT JOIN LATERAL (
       SELECT c.* FROM ${contacts.table} c WHERE ${hasKey(contacts.key, 'c', 'k.record_key')} OFFSET 0) r ON true
     LEFT JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $2::uuid AND n.record_key = k.record_key OFFSET 0) i ON true
     ORDER BY k.place`,
    [JSON.stringify(keys), contacts.tableId],
  );
  return rows.map((row) => ({ isKnown: row.is_known, address: row.address }));
}

/** The address of a row; where there is none and the key has one, that of the key. */
function addressOf({ address, key }: Contacts, row: string, recordKey: string): string {
  if (address === null) return 'NULL::text';
  const column = `${row}.${quoteIdentifier(address.name)}`;
  const isInKey = key.some((field) => field.name === address.name);
  return isInKey ? `${recordKey}->>${quoteLiteral(address.name)}` : column;
}

/** A person as links and pages know one. */
export interface LinkedPerson {
  readonly identityId: string;
  readonly recordKey: RecordKey;
  readonly address: string | null;
  readonly linkGeneration: number;
}

/** The person behind an identity, or the one it was merged into; null for nobody. */
export async function findLinkedPerson(
  session: Session,
  contacts: Contacts,
  identityId: string,
): Promise<LinkedPerson | null> {
  const [row] = await session.query<{
    id: string;
    record_key: RecordKey;
    address: string | null;
    link_generation: number;
  }>(
    `SELECT i.id, i.record_key, ${addressOf(contacts, 'r', 'i.record_key')} AS address, own.link_generation
     FROM di.record_identity own
     JOIN di.record_identity i ON i.id = coalesce(own.merged_into, own.id)
     LEFT JOIN ${contacts.table} r ON ${hasKey(contacts.key, 'r', 'i.record_key')}
     WHERE own.id = $1::uuid AND own.table_id = $2::uuid AND i.erased_at IS NULL`,
    [identityId, contacts.tableId],
  );
  if (!row) return null;
  return {
    identityId: row.id,
    recordKey: row.record_key,
    address: row.address,
    linkGeneration: row.link_generation,
  };
}
