import { keyMarks } from '../consent/returning-persons.ts';
import type { ConsentKeys } from '../consent/consent-keys.ts';
import type { Session } from '../database/session.ts';
import { keyFields } from '../records/record-keys.ts';
import type { Person } from './person.ts';

/**
 * Keyed hashes of all that a person can be told by when they come back, each once: addresses first, those that others have
 * too, then keys, then records.
 */
export async function marksOf(
  session: Session,
  keys: ConsentKeys,
  { contacts, keys: named, addresses, sharedAddresses, table, records }: Person,
): Promise<Buffer[]> {
  const hashes = new Map<string, Buffer>();
  const add = (hash: Buffer): void => void hashes.set(hash.toString('hex'), hash);
  for (const address of [...addresses, ...sharedAddresses]) add(await keys.hashAddress(session, address));
  for (const contact of contacts)
    for (const address of contact.addresses) add(await keys.hashAddress(session, address));
  for (const key of named)
    for (const text of keyMarks(keyFields(table), key)) add(await keys.hashMark(session, 'key', text));
  for (const { tableId, ids } of records)
    if (tableId === table.id) for (const id of ids) add(await keys.hashMark(session, 'record', id));
  return [...hashes.values()];
}
