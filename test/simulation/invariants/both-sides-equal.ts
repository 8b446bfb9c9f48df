import type { History, Row } from '../history.ts';
import type { OrgRecord } from '../org-orders.ts';
import { OF_CONTACTS, OF_LEADS } from '../set-up.ts';

/** A record as its mapping copies it; what another record says of it, its company, is left out. */
interface Source {
  readonly id: string;
  readonly email: string;
  readonly isConverted: boolean;
  readonly values: ReadonlyMap<string, { readonly field: string; readonly value: unknown }>;
}

/**
 * Each address in Salesforce has its row, each row its record, and they say the same in every mapped field. Of several records
 * of an address one has the row: a lead that was converted only where nobody else is there.
 */
export async function bothSidesEqual(history: History): Promise<string[]> {
  const sources = [
    ...sourcesOf(await history.contacts(), OF_CONTACTS),
    ...sourcesOf(await history.leads(), OF_LEADS),
  ];
  const rows = await history.rows();
  const addresses = new Set(sources.map(({ email }) => email));
  const without = [...addresses].filter((address) => !rows.some(({ email }) => email === address));
  return [
    ...without.map((address) => `The records of ${address} have no row.`),
    ...rows.flatMap((row) => rowComplaints(row, sources)),
  ];
}

function sourcesOf(records: readonly OrgRecord[], mapping: typeof OF_CONTACTS): Source[] {
  const copied = mapping.filter(({ salesforceField }) => !salesforceField.includes('.'));
  return records.flatMap((record) =>
    typeof record.Email !== 'string'
      ? []
      : [
          {
            id: String(record.Id),
            email: record.Email,
            isConverted: record.IsConverted === true,
            values: new Map(
              copied.map(({ salesforceField: field, column }) => [
                column,
                { field, value: record[field] ?? null },
              ]),
            ),
          },
        ],
  );
}

function rowComplaints(row: Row, sources: readonly Source[]): string[] {
  const name = `The row ${String(row.email)}`;
  const from = `it came from ${String(row._salesforce_id)}`;
  const rivals = sources.filter(({ email }) => email === row.email);
  const [only] = rivals;
  if (!only) return [`${name} has no record; ${from}.`];
  const holder = rivals.find(({ id }) => id === row._salesforce_id);
  if (!holder) return [`${name} has the records ${rivals.map(({ id }) => id).join(', ')}; ${from}.`];
  if (holder.isConverted && rivals.some(({ isConverted }) => !isConverted))
    return [`${name} has a living record, and ${from}, a lead that was converted.`];
  return differences(holder, row);
}

function differences({ id, email, values }: Source, row: Row): string[] {
  return [...values]
    .filter(([column, { value }]) => value !== (row[column] ?? null))
    .map(
      ([column, { field, value }]) =>
        `The record ${id} of ${email}: ${field} is ${shown(value)}, the row's ${column} ${shown(row[column])}.`,
    );
}

const shown = (value: unknown): string => JSON.stringify(value ?? null);
