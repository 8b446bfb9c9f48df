import { MAPPING } from '../../../scripts/demo/set-up.ts';
import type { History, Row } from '../history.ts';
import type { OrgRecord } from '../org-orders.ts';

/** What the mapping copies as it is; the company is another record's. */
const FIELDS = MAPPING.filter(({ salesforceField }) => !salesforceField.includes('.'));

/**
 * Each address in Salesforce has its row, each row its record, and they say the same in every mapped field. Of several records
 * of an address one has the row.
 */
export async function bothSidesEqual(history: History): Promise<string[]> {
  const contacts = (await history.contacts()).filter(({ Email: email }) => email !== null);
  const rows = await history.rows();
  const addresses = new Set(contacts.map(({ Email: email }) => email));
  const without = [...addresses].filter((address) => !rows.some(({ email }) => email === address));
  return [
    ...without.map((address) => `The contacts of ${address} have no row.`),
    ...rows.flatMap((row) => rowComplaints(row, contacts)),
  ];
}

function rowComplaints(row: Row, contacts: readonly OrgRecord[]): string[] {
  const name = `The row ${String(row.email)}`;
  const source = `it came from ${String(row._salesforce_id)}`;
  const rivals = contacts.filter(({ Email: email }) => email === row.email);
  const [only] = rivals;
  if (!only) return [`${name} has no record; ${source}.`];
  const holder = rivals.find(({ Id: id }) => id === row._salesforce_id);
  if (!holder) return [`${name} has the records ${rivals.map(({ Id: id }) => id).join(', ')}; ${source}.`];
  return differences(holder, row);
}

function differences(contact: OrgRecord, row: Row): string[] {
  return FIELDS.filter(
    ({ salesforceField, column }) => (contact[salesforceField] ?? null) !== (row[column] ?? null),
  ).map(
    ({ salesforceField, column }) =>
      `The contact ${contact.Id} of ${contact.Email}: ${salesforceField} is ${shown(contact[salesforceField])}, the row's ${column} ${shown(row[column])}.`,
  );
}

const shown = (value: unknown): string => JSON.stringify(value ?? null);
