import { MAPPING } from '../../../scripts/demo/set-up.ts';
import type { History, Row } from '../history.ts';
import type { OrgRecord } from '../org-orders.ts';

/** What the mapping copies as it is; the company is another record's. */
const FIELDS = MAPPING.filter(({ salesforceField }) => !salesforceField.includes('.'));

/** Each record has its row, each row its record, and they say the same in every mapped field. */
export async function bothSidesEqual(history: History): Promise<string[]> {
  const contacts = (await history.contacts()).filter(({ Email: email }) => email !== null);
  const rows = await history.rows();
  const records = new Map(contacts.map((contact) => [contact.Email, contact]));
  return [
    ...contacts.flatMap((contact) => {
      const row = rows.find(({ email }) => email === contact.Email);
      return row ? differences(contact, row) : [`${nameOf(contact)} has no row.`];
    }),
    ...rows
      .filter(({ email }) => typeof email !== 'string' || !records.has(email))
      .map(
        (row) => `The row ${String(row.email)} has no record; it came from ${String(row._salesforce_id)}.`,
      ),
  ];
}

function differences(contact: OrgRecord, row: Row): string[] {
  const different = FIELDS.filter(
    ({ salesforceField, column }) => (contact[salesforceField] ?? null) !== (row[column] ?? null),
  ).map(
    ({ salesforceField, column }) =>
      `${nameOf(contact)}: ${salesforceField} is ${shown(contact[salesforceField])}, the row's ${column} ${shown(row[column])}.`,
  );
  const isLinked = row._salesforce_id === contact.Id;
  return isLinked
    ? different
    : [...different, `${nameOf(contact)}: the row says that it came from ${String(row._salesforce_id)}.`];
}

const nameOf = (contact: OrgRecord): string => `The contact ${contact.Id} of ${contact.Email}`;
const shown = (value: unknown): string => JSON.stringify(value ?? null);
