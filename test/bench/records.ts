import type pg from 'pg';

/** 20 fields of a contact, as marketing projects have them, and how they are called in Salesforce and in the table. */
export const FIELDS = [
  { salesforceField: 'Email', name: 'email', type: 'email', required: true },
  { salesforceField: 'FirstName', name: 'first_name', type: 'text', length: 40 },
  { salesforceField: 'LastName', name: 'last_name', type: 'text', length: 80 },
  { salesforceField: 'Phone', name: 'phone', type: 'phone' },
  { salesforceField: 'MailingStreet', name: 'street', type: 'text' },
  { salesforceField: 'MailingCity', name: 'city', type: 'text', length: 80 },
  { salesforceField: 'MailingState', name: 'state', type: 'text', length: 80 },
  { salesforceField: 'MailingPostalCode', name: 'postal_code', type: 'text', length: 20 },
  { salesforceField: 'Account.Name', name: 'company', type: 'text' },
  { salesforceField: 'Title', name: 'title', type: 'text', length: 128 },
  { salesforceField: 'Website__c', name: 'website', type: 'url' },
  { salesforceField: 'LeadSource', name: 'source', type: 'picklist', picklist: ['Web', 'Phone', 'Other'] },
  { salesforceField: 'Interests__c', name: 'interests', type: 'multipicklist' },
  { salesforceField: 'Birthdate', name: 'born', type: 'date' },
  { salesforceField: 'LastSeen__c', name: 'seen', type: 'timestamp' },
  { salesforceField: 'Visits__c', name: 'visits', type: 'integer' },
  { salesforceField: 'Spent__c', name: 'spent', type: 'decimal', precision: 18, scale: 2 },
  { salesforceField: 'Score__c', name: 'score', type: 'decimal', precision: 10, scale: 4 },
  { salesforceField: 'HasOptedOutOfEmail', name: 'opted_out', type: 'boolean' },
  { salesforceField: 'Description', name: 'description', type: 'longtext' },
] as const;

const SQL_TYPES: Readonly<Record<string, string>> = {
  date: 'date',
  timestamp: 'timestamptz',
  integer: 'bigint',
  decimal: 'numeric(18,4)',
  boolean: 'boolean',
};

/** The columns of a plain table for the same rows, for the floor. */
export const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ...FIELDS.map(({ name, type }): [string, string] => [name, SQL_TYPES[type] ?? 'text']),
  ['salesforce_id', 'text'],
  ['source_modstamp', 'timestamptz'],
];

const CITIES = ['Montréal', 'Québec', 'Paris', 'Zürich', 'São Paulo', 'New York'];
const SOURCES = ['Web', 'Phone', 'Other'];

/** Values of the n-th person in the given version, in the order of the fields. */
export function person(number: number, version: number): unknown[] {
  return [
    `person${number}@example.com`,
    `First ${number % 997}`,
    `Last ${number} v${version}`,
    `+1 514 555 ${String(number % 10_000).padStart(4, '0')}`,
    `${number % 500} Main Street`,
    CITIES[number % CITIES.length],
    'QC',
    `H2X ${number % 10}Y${number % 7}`,
    `Company ${number % 5000}`,
    'Director of Marketing',
    `https://example.com/people/${number}`,
    SOURCES[number % SOURCES.length],
    'News;Offers;Events',
    `19${String(50 + (number % 50)).padStart(2, '0')}-0${1 + (number % 9)}-1${number % 10}`,
    new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    (number * 7 + version) % 10_000,
    `${number % 100_000}.${String(version % 100).padStart(2, '0')}`,
    (number % 1000) / 8,
    number % 11 === 0,
    `Met at the fair of ${2000 + (number % 26)}; wants to hear of new things, number ${number}.`,
  ];
}

export const salesforceId = (number: number): string => `003${String(number).padStart(12, '0')}AAA`;
export const modstamp = (version: number): string =>
  new Date(Date.UTC(2026, 10, 20) + version * 1000).toISOString();

/** The body of a batch, as Apex sends it. */
export function batchBody(from: number, size: number, version: number): string {
  return JSON.stringify({
    object: 'Contact',
    fields: ['Id', 'SystemModstamp', ...FIELDS.map((field) => field.salesforceField)],
    upserts: Array.from({ length: size }, (_, index) => [
      salesforceId(from + index),
      modstamp(version),
      ...person(from + index, version),
    ]),
  });
}

/** The same rows as objects, for json_to_recordset. */
export function plainRows(from: number, size: number, version: number): Record<string, unknown>[] {
  return Array.from({ length: size }, (_, index) => {
    const values = person(from + index, version);
    return {
      ...Object.fromEntries(FIELDS.map(({ name }, place) => [name, values[place]])),
      salesforce_id: salesforceId(from + index),
      source_modstamp: modstamp(version),
    };
  });
}

/** Fills a project's table with people straight from SQL, fast. */
export async function fill(client: pg.Client, table: string, from: number, to: number): Promise<void> {
  await client.query(
    `INSERT INTO ${table} (email, first_name, last_name, phone, city, company, description, "_salesforce_id", "_source_modstamp")
     SELECT 'person' || n || '@example.com', 'First', 'Last ' || n, '+1 514 555 0100', 'Paris', 'Company ' || n % 5000,
       'Met at the fair; wants to hear of new things, number ' || n, '003' || lpad(n::text, 12, '0') || 'AAA', '2026-11-01T00:00:00Z'
     FROM generate_series($1::int, $2::int) n`,
    [from, to],
  );
}
