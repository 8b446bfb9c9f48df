import type { Knex } from 'knex';
import { keyMark } from '../consent/returning-persons.ts';
import { knexSession, type Session } from '../database/session.ts';
import { isStorable } from '../values/storable.ts';
import { Problem, unprocessable } from '../http/problem.ts';
import { Refusal } from '../values/check-value.ts';
import { Projects, type Project } from '../projects/projects.ts';
import { CONTACTS, type BuiltTable } from '../projects/tables.ts';
import { identitiesOf, type RecordKey } from '../people/record-identities.ts';
import { keyFields } from '../people/record-keys.ts';
import { readKeys } from '../people/stored-keys.ts';
import { normalizedAddress } from '../values/email-address.ts';
import { contactsByAddress, contactsByKey, emailColumns } from '../people/find-contacts.ts';
import { rowsOfOthers } from './other-rows.ts';
import type { FoundContact, Person } from '../people/person.ts';

/** How somebody is named: by keys of the contacts table, or by an address. */
export interface Who {
  readonly keys?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly email?: string | undefined;
  /** Everybody who has the address. */
  readonly all?: boolean | undefined;
}

/** The contacts of a project, whose tables are built. Throws 404 and 422 problems. */
export async function contactsTable(
  knex: Knex,
  accountId: string,
  code: string,
): Promise<{ project: Project; tables: readonly BuiltTable[]; table: BuiltTable }> {
  const projects = new Projects(knex, accountId);
  const project = await projects.find(code);
  const tables = await projects.tablesWithRows(project.id);
  const table = tables.find((each) => each.code === CONTACTS);
  if (!table) throw unprocessable('table-not-built', 'Build the tables of the project first.');
  return { project, tables, table };
}

async function namedKeys(session: Session, table: BuiltTable, { keys = [] }: Who): Promise<RecordKey[]> {
  const read = new Map<string, RecordKey>();
  for (const key of await readKeys(session, table.id, keyFields(table), keys)) {
    if (key instanceof Refusal) throw unprocessable(key.code, key.message);
    read.set(keyMark(keyFields(table), key), key);
  }
  return [...read.values()];
}

/** A key may be an address, of somebody too who has no row. */
function addressesOfKeys(table: BuiltTable, keys: readonly RecordKey[]): string[] {
  const columns = keyFields(table).filter((field) => field.type === 'email');
  return keys.flatMap((key) => columns.map(({ name }) => normalizedAddress(String(key[name]))));
}

function readAddress(table: BuiltTable, text: string): string {
  const address = normalizedAddress(text);
  if (address === '' || !isStorable(address))
    throw unprocessable('invalid-address', 'email is empty, or holds a NUL or half a character.');
  if (emailColumns(table).length === 0)
    throw unprocessable('no-address', 'The contacts table has no field of type email: name the primary key.');
  return address;
}

/**
 * Gathers all that one person is known by. Several contacts may have one address: they are told apart, or all are meant.
 * Throws 404 and 422 problems, and a 409 one that lists the contacts where it was not said which.
 */
export async function findPerson(
  knex: Knex,
  accountId: string,
  projectCode: string,
  who: Who,
): Promise<Person> {
  const { project, tables, table } = await contactsTable(knex, accountId, projectCode);
  const session = knexSession(knex);
  const named = await namedKeys(session, table, who);
  const told = who.email === undefined ? addressesOfKeys(table, named) : [readAddress(table, who.email)];
  const contacts =
    who.email === undefined
      ? await contactsByKey(session, project, table, named)
      : await contactsByAddress(session, project, table, told);
  if (contacts.length > 1 && who.email !== undefined && who.all !== true) throw several(contacts);
  const keys = who.email === undefined ? named : contacts.map(({ key }) => key);
  const all = [...new Set([...contacts.flatMap((contact) => contact.addresses), ...told])];
  const shared = await sharedBy(session, project, table, contacts, all);
  const addresses = all.filter((address) => !shared.has(address));
  const found = await rowsOfOthers(session, { project, tables, table, keys, addresses });
  const identities = await identitiesOf(session, table.id, keys);
  const ofOthers: string[] = [];
  for (const other of found) ofOthers.push(...(await identitiesOf(session, other.table.id, other.keys)));
  return {
    accountId,
    project,
    table,
    contacts,
    keys,
    addresses,
    sharedAddresses: [...shared],
    others: found,
    identities: [...identities, ...ofOthers],
    records: [
      { tableId: table.id, ids: await recordIds(session, table, contacts, identities) },
      ...found.map((other) => ({ tableId: other.table.id, ids: other.recordIds })),
    ],
  };
}

function several(contacts: readonly FoundContact[]): Error {
  return new Problem(
    409,
    'several-contacts',
    'The request conflicts with what is there',
    `${contacts.length} contacts have this address. Name those that are meant by their keys, or say all.`,
    { extension: { contacts } },
  );
}

/** Addresses that contacts have who are not meant. */
async function sharedBy(
  session: Session,
  project: Project,
  table: BuiltTable,
  contacts: readonly FoundContact[],
  addresses: readonly string[],
): Promise<Set<string>> {
  const meant = new Set(contacts.map(({ key }) => JSON.stringify(key)));
  const others = (await contactsByAddress(session, project, table, addresses)).filter(
    ({ key }) => !meant.has(JSON.stringify(key)),
  );
  const theirs = new Set(others.flatMap((other) => other.addresses));
  return new Set(addresses.filter((address) => theirs.has(address)));
}

/** Records that contacts came from, or were made of them, and those that wait for their rows. */
async function recordIds(
  session: Session,
  table: BuiltTable,
  contacts: readonly FoundContact[],
  identities: readonly string[],
): Promise<string[]> {
  const linked = await session.query<{ id: string }>(
    `SELECT salesforce_id AS id FROM di.record_link WHERE identity_id = ANY($1::uuid[])
     UNION SELECT v.salesforce_id FROM jsonb_array_elements($3::jsonb) AS k (record_key)
     JOIN di.rival v ON v.table_id = $2::uuid AND v.record_key = k.record_key`,
    [identities, table.id, JSON.stringify(contacts.map(({ key }) => key))],
  );
  return [...new Set([...contacts.flatMap(({ recordId }) => recordId ?? []), ...linked.map(({ id }) => id)])];
}
